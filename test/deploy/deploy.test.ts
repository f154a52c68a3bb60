import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type DeployOptions, type DeployReport, deploy } from '../../runner/deploy/deploy.ts'
import { deployText } from '../../runner/deploy/deploy-text.ts'
import { type DataformClient, openDataform } from '../../runner/deploy/service.ts'
import type { DeploySettings } from '../../runner/project/settings/deploy-settings.ts'
import { type DataformServer, startDataform } from './dataform-server.ts'
import { status } from './grpc-server.ts'

// Whole landings and projects, on a machine that may have other things to do.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

let server: DataformServer
let client: DataformClient
beforeEach(async () => {
  server = await startDataform()
  client = await openDataform(server.url)
})
afterEach(async () => {
  await client.close()
  server.close()
})

const settings: DeploySettings = {
  repository: 'shop',
  project: undefined,
  region: 'europe-west3',
  serviceAccount: 'dataform@my-project.iam.gserviceaccount.com',
  release: 'production',
  releaseSchedule: undefined,
  schedule: '15 * * * *',
  timeZone: 'Europe/Berlin',
  tags: ['hourly'],
  endpoint: undefined,
}
const repository = 'projects/my-project/locations/europe-west3/repositories/shop'
const release = `${repository}/releaseConfigs/production`
const workflow = `${repository}/workflowConfigs/production`

const treeOf = (files: Readonly<Record<string, string>>) =>
  new Map(Object.entries(files).map(([path, text]) => [path, new Uint8Array(Buffer.from(text))]))

const files = {
  'workflow_settings.yaml': 'dataformCoreVersion: 3.0.62\n',
  'definitions/a.sqlx': 'select 1',
  'definitions/deep/er/b.sqlx': 'select 2',
  'definitions/c.sqlx': 'select 3',
  'definitions/d.sqlx': 'select "ü"',
  'includes/x.js': '',
}

const run = (options: Partial<DeployOptions> = {}): Promise<DeployReport> =>
  deploy({
    client,
    project: 'my-project',
    settings,
    tree: treeOf(files),
    dryRun: false,
    run: false,
    clock: { now: () => 0, sleep: async () => undefined, random: () => 0 },
    signal: new AbortController().signal,
    ...options,
  })

const head = () =>
  Object.fromEntries(
    [...(server.commits.at(-1)?.files ?? [])].map(([path, bytes]) => [path, bytes.toString()]),
  )

const writes = () => server.calls.filter((method) => /^(?:Create|Update|Commit|Cancel)/.test(method))

describe('a deployment', () => {
  test('makes repository, files, release with its compilation, and workflow with its schedule', async () => {
    const report = await run()
    expect(head()).toEqual(files)
    expect(server.things.get(release)).toMatchObject({
      gitCommitish: 'main',
      releaseCompilationResult: `${repository}/compilationResults/1`,
    })
    expect(server.things.get(workflow)).toMatchObject({
      releaseConfig: release,
      cronSchedule: '15 * * * *',
      timeZone: 'Europe/Berlin',
      invocationConfig: {
        includedTags: ['hourly'],
        transitiveDependenciesIncluded: true,
        serviceAccount: 'dataform@my-project.iam.gserviceaccount.com',
      },
    })
    expect(report).toMatchObject({ repositoryIsNew: true, release: 'new', workflow: 'new', compiled: true })
    expect(report.commit).toBe(server.commits.at(-1)?.sha)
  })

  test('that finds all as it should be changes nothing', async () => {
    await run()
    server.calls.length = 0
    const report = await run()
    expect(writes()).toEqual([])
    expect(report).toMatchObject({
      files: [],
      release: [],
      workflow: [],
      compiled: false,
      repositoryIsNew: false,
    })
    expect(deployText(report)).toBe(`deployed to ${repository}\n  nothing differs`)
  })

  test('only tells the difference in a dry run', async () => {
    const first = await run({ dryRun: true })
    expect([writes(), first.repositoryIsNew, first.files.length]).toEqual([[], true, 6])
    await run()
    server.calls.length = 0
    const { 'definitions/c.sqlx': _, ...rest } = files
    const report = await run({
      dryRun: true,
      tree: treeOf({ ...rest, 'definitions/a.sqlx': 'select 10', 'definitions/new.sqlx': 'select 4' }),
      settings: { ...settings, schedule: '0 6 * * *', tags: [] },
    })
    expect(writes()).toEqual([])
    expect(deployText(report)).toBe(
      [
        `would deploy to ${repository}`,
        '  ~ definitions/a.sqlx',
        '  - definitions/c.sqlx',
        '  + definitions/new.sqlx',
        `  ~ workflow invocation_config: ${JSON.stringify({
          includedTags: ['hourly'],
          transitiveDependenciesIncluded: true,
          serviceAccount: 'dataform@my-project.iam.gserviceaccount.com',
          includedTargets: [],
          transitiveDependentsIncluded: false,
          fullyRefreshIncrementalTablesEnabled: false,
        })} -> ${JSON.stringify({
          includedTags: [],
          transitiveDependenciesIncluded: false,
          serviceAccount: 'dataform@my-project.iam.gserviceaccount.com',
          includedTargets: [],
          transitiveDependentsIncluded: false,
          fullyRefreshIncrementalTablesEnabled: false,
        })}`,
        '  ~ workflow cron_schedule: "15 * * * *" -> "0 6 * * *"',
        '  would be compiled there',
      ].join('\n'),
    )
  })

  test('sets only what has changed', async () => {
    await run()
    server.calls.length = 0
    await run({ settings: { ...settings, schedule: undefined, releaseSchedule: '0 * * * *' } })
    expect(writes()).toEqual(['UpdateReleaseConfig', 'UpdateWorkflowConfig'])
    expect(server.things.get(workflow)).toMatchObject({ cronSchedule: '', timeZone: '' })
    expect(server.things.get(release)).toMatchObject({
      cronSchedule: '0 * * * *',
      timeZone: 'Europe/Berlin',
      releaseCompilationResult: `${repository}/compilationResults/1`,
    })
  })

  test('takes back what somebody has changed in the console, and commits over what somebody has pushed', async () => {
    await run()
    server.push({ 'definitions/by_hand.sqlx': 'select 0', 'definitions/a.sqlx': 'select 0' })
    const report = await run()
    expect(report.files).toEqual([
      { path: 'definitions/a.sqlx', change: 'changed' },
      { path: 'definitions/by_hand.sqlx', change: 'removed' },
    ])
    expect(head()).toEqual(files)
  })

  test('does not commit where the head has moved since it looked', async () => {
    await run()
    server.fail('CommitRepositoryChanges', status.FAILED_PRECONDITION)
    await expect(run({ tree: treeOf({ ...files, 'definitions/a.sqlx': 'select 9' }) })).rejects.toThrow(
      'somebody else has committed to the repository meanwhile',
    )
    expect(head()).toEqual(files)
  })

  test('does not make live what hosted Dataform does not compile, and compiles anew once it may', async () => {
    await run()
    server.compilationErrors.push({ message: 'no such thing', path: 'definitions/a.sqlx' })
    const changed = treeOf({ ...files, 'definitions/a.sqlx': 'select x' })
    await expect(run({ tree: changed })).rejects.toMatchObject({
      message: 'hosted Dataform does not compile it: no such thing',
      place: { file: 'definitions/a.sqlx' },
    })
    expect(server.things.get(release)?.['releaseCompilationResult']).toBe(
      `${repository}/compilationResults/1`,
    )
    server.compilationErrors.length = 0
    expect(await run({ tree: changed })).toMatchObject({ files: [], compiled: true })
    expect(server.things.get(release)?.['releaseCompilationResult']).toBe(
      `${repository}/compilationResults/3`,
    )
  })

  test('leaves a repository alone that is connected to another git', async () => {
    await run()
    const known = server.things.get(repository)
    ;(server.things as Map<string, unknown>).set(repository, {
      ...known,
      gitRemoteSettings: { url: 'https://git.example/shop.git', defaultBranch: 'main' },
    })
    await expect(run({ tree: treeOf({ ...files, 'definitions/a.sqlx': '' }) })).rejects.toThrow(
      'the repository is connected to https://git.example/shop.git',
    )
  })

  test.each([
    'CreateRepository',
    'CommitRepositoryChanges',
    'CreateReleaseConfig',
    'CreateCompilationResult',
    'UpdateReleaseConfig',
    'CreateWorkflowConfig',
  ])('that breaks off at %s, before or after the service has acted, is ended by the next', async (method) => {
    for (const when of ['before', 'after'] as const) {
      server.close()
      server = await startDataform()
      await client.close()
      client = await openDataform(server.url)
      server.fail(method, status.INTERNAL, when)
      await expect(run()).rejects.toThrow(/^Dataform could not /)
      await run()
      expect(head()).toEqual(files)
      expect(server.commits).toHaveLength(1)
      expect(server.things.get(workflow)).toMatchObject({ cronSchedule: '15 * * * *' })
      const live = String(server.things.get(release)?.['releaseCompilationResult'])
      expect(server.things.get(live)).toMatchObject({ resolvedGitCommitSha: server.commits[0]?.sha })
      expect(await run()).toMatchObject({ files: [], release: [], workflow: [], compiled: false })
    }
  })

  test('tells a missing right with what to do about it', async () => {
    server.fail('GetRepository', status.PERMISSION_DENIED)
    await expect(run()).rejects.toMatchObject({
      message: 'Dataform could not read what is deployed: GetRepository failed',
      hint: expect.stringContaining('roles/dataform.admin'),
    })
  })
})

describe('a workflow that is run', () => {
  const target = (name: string) => ({ database: 'my-project', schema: 'shop', name })

  test('is followed to its end, with what became of each action', async () => {
    server.actions.push(
      { state: 'SUCCEEDED', target: target('a'), jobId: 'job-a' },
      { state: 'FAILED', target: target('b'), jobId: 'job-b', failureReason: 'division by zero' },
      { state: 'SKIPPED', target: target('c') },
    )
    const report = await run({ run: true })
    expect(report.invocation).toEqual({
      name: `${repository}/workflowInvocations/2`,
      state: 'FAILED',
      actions: [
        { target: target('a'), state: 'SUCCEEDED', reason: undefined, job: 'job-a', seconds: 1.5 },
        { target: target('b'), state: 'FAILED', reason: 'division by zero', job: 'job-b', seconds: 2.5 },
        { target: target('c'), state: 'SKIPPED', reason: undefined, job: undefined, seconds: 3.5 },
      ],
    })
    expect(server.calls.filter((method) => method === 'GetWorkflowInvocation')).toHaveLength(3)
    expect(deployText(report)).toContain(
      '  failed    my-project.shop.b in 2.5 s: division by zero (job job-b)',
    )
  })

  test('is cancelled once the caller gives up', async () => {
    await run()
    const giveUp = new AbortController()
    giveUp.abort(new Error('stop'))
    const report = await run({ run: true, signal: giveUp.signal })
    expect(report.invocation?.state).toBe('CANCELLED')
    expect(writes()).toContain('CancelWorkflowInvocation')
  })
})
