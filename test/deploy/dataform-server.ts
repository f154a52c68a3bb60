import { createHash } from 'node:crypto'
import { Failure, type GrpcServer, type Handler, serveUnary, serviceOf, status } from './grpc-server.ts'

type Files = ReadonlyMap<string, Buffer>

interface Commit {
  readonly sha: string
  readonly message: string
  readonly files: Files
}

interface Named {
  readonly name: string
  readonly [field: string]: unknown
}

/** Hosted Dataform as a test needs it: it keeps what it is told, and answers by it. */
export interface DataformServer extends GrpcServer {
  readonly commits: readonly Commit[]
  /** Repositories, configurations, compilations and invocations by name. */
  readonly things: ReadonlyMap<string, Named>
  /** Methods in the order in which they were called. */
  readonly calls: string[]
  /** Answers a method's next call with a failure: before it has done anything, or after. */
  fail(method: string, code: status, when?: 'before' | 'after'): void
  /** What compilations will say is wrong. */
  readonly compilationErrors: { message: string; path: string }[]
  /** What each action of an invocation will come to; by its order. */
  readonly actions: { state: string; target: object; failureReason?: string; jobId?: string }[]
  /** Commits as somebody else. */
  push(files: Readonly<Record<string, string>>): void
}

/** @param polls how often an invocation is told to be running before it ends */
export async function startDataform(polls = 2): Promise<DataformServer> {
  const commits: Commit[] = []
  const things = new Map<string, Named>()
  const calls: string[] = []
  const failures = new Map<string, { code: status; when: 'before' | 'after' }>()
  const compilationErrors: DataformServer['compilationErrors'] = []
  const actions: DataformServer['actions'][number][] = []
  let count = 0

  const get = (name: string): Named => {
    const thing = things.get(name)
    if (thing === undefined) throw new Failure(status.NOT_FOUND, `Resource not found: ${name}`)
    return thing
  }
  const create = (name: string, given: object): Named => {
    if (things.has(name)) throw new Failure(status.ALREADY_EXISTS, `Resource already exists: ${name}`)
    const thing = { ...given, name }
    things.set(name, thing)
    return thing
  }
  const update = (given: Named, mask: { paths: readonly string[] }): Named => {
    const before = get(given.name)
    const fields = mask.paths.map((path) =>
      path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    )
    const after = { ...before, ...Object.fromEntries(fields.map((field) => [field, given[field]])) }
    things.set(given.name, after)
    return after
  }
  const commitOf = (sha: string): Commit => {
    const commit = sha === '' ? commits.at(-1) : commits.find((known) => known.sha === sha)
    if (commit === undefined) throw new Failure(status.NOT_FOUND, `no commit ${sha}`)
    return commit
  }
  const commit = (files: Files, message: string): string => {
    const sha = createHash('sha1').update(`${commits.length}${message}`).digest('hex')
    commits.push({ sha, message, files })
    return sha
  }
  const compilation = (parent: string, { releaseConfig }: { releaseConfig: string }): Named => {
    get(releaseConfig)
    const { sha } = commitOf('')
    return create(`${parent}/compilationResults/${++count}`, {
      releaseConfig,
      resolvedGitCommitSha: sha,
      dataformCoreVersion: '3.0.62',
      compilationErrors: [...compilationErrors],
    })
  }
  const invocation = (name: string): Named => {
    const { state, polled = 0, ...rest } = get(name) as Named & { polled?: number }
    if (state === 'CANCELING') return put({ ...rest, name, state: 'CANCELLED' })
    if (state !== 'RUNNING') return get(name)
    const isOver = polled >= polls
    const failed = actions.some((action) => action.state === 'FAILED')
    return put({
      ...rest,
      name,
      polled: polled + 1,
      state: isOver ? (failed ? 'FAILED' : 'SUCCEEDED') : 'RUNNING',
    })
  }
  const put = (thing: Named): Named => {
    things.set(thing.name, thing)
    return thing
  }

  const handlers: Record<string, Handler> = {
    GetRepository: ({ name }) => get(name),
    CreateRepository: ({ parent, repositoryId, repository }) =>
      create(`${parent}/repositories/${repositoryId}`, repository),
    FetchRepositoryHistory: ({ name, pageSize = 100 }) => {
      get(name)
      return {
        commits: commits
          .toReversed()
          .slice(0, pageSize)
          .map(({ sha }) => ({ commitSha: sha })),
      }
    },
    QueryRepositoryDirectoryContents: ({ name, commitSha = '', path = '', pageToken = '' }) => {
      get(name)
      const prefix = path === '' ? '' : `${path}/`
      const below = [...commitOf(commitSha).files.keys()].filter((file) => file.startsWith(prefix))
      const entries = [
        ...new Set(below.map((file) => file.slice(prefix.length).replace(/\/.*$/, '/'))),
      ].sort()
      const start = Number(pageToken || 0)
      return {
        directoryEntries: entries
          .slice(start, start + 3)
          .map((entry) =>
            entry.endsWith('/') ? { directory: prefix + entry.slice(0, -1) } : { file: prefix + entry },
          ),
        ...(start + 3 < entries.length ? { nextPageToken: String(start + 3) } : {}),
      }
    },
    ReadRepositoryFile: ({ name, commitSha = '', path }) => {
      get(name)
      const contents = commitOf(commitSha).files.get(path)
      if (contents === undefined) throw new Failure(status.NOT_FOUND, `no file ${path}`)
      return { contents }
    },
    CommitRepositoryChanges: ({ name, commitMetadata, fileOperations, requiredHeadCommitSha = '' }) => {
      get(name)
      const head = commits.at(-1)
      if (requiredHeadCommitSha !== (head?.sha ?? ''))
        throw new Failure(status.FAILED_PRECONDITION, 'the head is another commit')
      if (commitMetadata?.author?.emailAddress === undefined)
        throw new Failure(status.INVALID_ARGUMENT, 'a commit has an author')
      const files = new Map(head?.files ?? [])
      for (const [path, operation] of Object.entries<{ writeFile?: { contents?: Buffer } }>(fileOperations)) {
        if (operation.writeFile !== undefined)
          files.set(path, Buffer.from(operation.writeFile.contents ?? []))
        else if (!files.delete(path)) throw new Failure(status.NOT_FOUND, `no file ${path}`)
      }
      return { commitSha: commit(files, commitMetadata.commitMessage) }
    },
    GetReleaseConfig: ({ name }) => get(name),
    CreateReleaseConfig: ({ parent, releaseConfigId, releaseConfig }) =>
      create(`${parent}/releaseConfigs/${releaseConfigId}`, releaseConfig),
    UpdateReleaseConfig: ({ releaseConfig, updateMask }) => update(releaseConfig, updateMask),
    GetWorkflowConfig: ({ name }) => get(name),
    CreateWorkflowConfig: ({ parent, workflowConfigId, workflowConfig }) => {
      get(workflowConfig.releaseConfig)
      return create(`${parent}/workflowConfigs/${workflowConfigId}`, workflowConfig)
    },
    UpdateWorkflowConfig: ({ workflowConfig, updateMask }) => update(workflowConfig, updateMask),
    GetCompilationResult: ({ name }) => get(name),
    CreateCompilationResult: ({ parent, compilationResult }) => compilation(parent, compilationResult),
    CreateWorkflowInvocation: ({ parent, workflowInvocation }) => {
      get(workflowInvocation.workflowConfig)
      return create(`${parent}/workflowInvocations/${++count}`, { ...workflowInvocation, state: 'RUNNING' })
    },
    GetWorkflowInvocation: ({ name }) => invocation(name),
    CancelWorkflowInvocation: ({ name }) => {
      put({ ...get(name), state: 'CANCELING' })
      return {}
    },
    QueryWorkflowInvocationActions: ({ name, pageToken = '' }) => {
      get(name)
      const start = Number(pageToken || 0)
      return {
        workflowInvocationActions: actions.slice(start, start + 2).map(({ jobId, ...action }, index) => ({
          ...action,
          ...(jobId === undefined ? {} : { bigqueryAction: { jobId } }),
          invocationTiming: {
            startTime: { seconds: 100 },
            endTime: { seconds: 101 + start + index, nanos: 500000000 },
          },
        })),
        ...(start + 2 < actions.length ? { nextPageToken: String(start + 2) } : {}),
      }
    },
  }
  const told = Object.fromEntries(
    Object.entries(handlers).map(([method, handle]): [string, Handler] => [
      method,
      (request) => {
        calls.push(method)
        const failure = failures.get(method)
        failures.delete(method)
        if (failure?.when === 'before') throw new Failure(failure.code, `${method} failed`)
        const answer = handle(request)
        if (failure?.when === 'after') throw new Failure(failure.code, `the answer of ${method} was lost`)
        return answer
      },
    ]),
  )
  const server = await serveUnary(
    serviceOf('@google-cloud/dataform', 'google.cloud.dataform.v1.Dataform'),
    told,
  )
  return {
    ...server,
    commits,
    things,
    calls,
    compilationErrors,
    actions,
    fail: (method, code, when = 'before') => failures.set(method, { code, when }),
    push: (files) => {
      commit(
        new Map([
          ...(commits.at(-1)?.files ?? []),
          ...Object.entries(files).map(([path, text]): [string, Buffer] => [path, Buffer.from(text)]),
        ]),
        'by hand',
      )
    },
  }
}
