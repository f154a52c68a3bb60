import type { Command } from './command.ts'

/** One line of the table of commands: enough for `--help`; the command's own file is loaded when it is called. */
export interface CommandEntry {
  /** As yargs writes it: words of the name, then positionals. */
  readonly usage: string
  readonly group: string
  readonly describe: string
  readonly load: () => Promise<{ readonly command: Command }>
}

const start = 'Start'
const build = 'Land, build, check'
const look = 'Look'

/** Every command, in the order in which one meets them. */
export const commandTable: readonly CommandEntry[] = [
  {
    usage: 'demo',
    group: start,
    describe: 'the whole path in a minute: sample, land, build, and what came of it',
    load: () => import('./demo.ts'),
  },
  {
    usage: 'init [folder]',
    group: start,
    describe: 'write a new project',
    load: () => import('./init.ts'),
  },
  {
    usage: 'sample',
    group: start,
    describe: 'write a stream of change files to try it on, or one from a mysqldump file',
    load: () => import('./sample.ts'),
  },
  {
    usage: 'add table <table>',
    group: start,
    describe: 'declare a source table, from which all its layers follow',
    load: () => import('./add-table.ts'),
  },
  {
    usage: 'build [selectors..]',
    group: build,
    describe: 'land, run and test, in dependency order',
    load: () => import('./build.ts'),
  },
  {
    usage: 'land',
    group: build,
    describe: 'land new change files in the raw tables, each exactly once',
    load: () => import('./land.ts'),
  },
  {
    usage: 'run [selectors..]',
    group: build,
    describe: 'build the selected actions in dependency order',
    load: () => import('./run.ts'),
  },
  {
    usage: 'resume [run]',
    group: build,
    describe: 'run again what failed or never ran in a former run',
    load: () => import('./resume.ts'),
  },
  {
    usage: 'test [names..]',
    group: build,
    describe: "run the project's unit tests; needs no tables",
    load: () => import('./test.ts'),
  },
  {
    usage: 'deploy',
    group: build,
    describe: 'make hosted Dataform what the project says: files, release, schedule',
    load: () => import('./deploy.ts'),
  },
  {
    usage: 'format [paths..]',
    group: build,
    describe: 'lay out the SQL of SQLX and SQL files',
    load: () => import('./format.ts'),
  },
  {
    usage: 'ls [selectors..]',
    group: look,
    describe: 'list the selected actions in dependency order',
    load: () => import('./ls.ts'),
  },
  {
    usage: 'compile',
    group: look,
    describe: "compile the project with Dataform's own core",
    load: () => import('./compile.ts'),
  },
  {
    usage: 'plan [selectors..]',
    group: look,
    describe: 'what a run would do, in order, with the statements and why',
    load: () => import('./plan.ts'),
  },
  {
    usage: 'functions [name]',
    group: look,
    describe: "list BigQuery's functions, and which of them the embedded warehouse answers",
    load: () => import('./functions.ts'),
  },
  {
    usage: 'query [sql]',
    group: look,
    describe: "answer a query in BigQuery's SQL",
    load: () => import('./query.ts'),
  },
  {
    usage: 'show <table>',
    group: look,
    describe: "a table's columns, rows, change files and last runs",
    load: () => import('./show.ts'),
  },
  {
    usage: 'serve',
    group: look,
    describe: "answer BigQuery's clients (Node, Python, Dataform, dbt) from the embedded warehouse",
    load: () => import('./serve.ts'),
  },
  {
    usage: 'runs',
    group: look,
    describe: 'list former runs',
    load: () => import('./runs.ts'),
  },
  {
    usage: 'drift [tables..]',
    group: look,
    describe: "the writers' schemas that landed files had, and how they changed",
    load: () => import('./drift.ts'),
  },
  {
    usage: 'files list',
    group: look,
    describe: 'the change files: landed, quarantined, pending, late',
    load: () => import('./files-list.ts'),
  },
  {
    usage: 'files retry [names..]',
    group: build,
    describe: 'land quarantined files once more',
    load: () => import('./files-retry.ts'),
  },
  {
    usage: 'files forget [names..]',
    group: build,
    describe: 'let the next landing land files once more',
    load: () => import('./files-forget.ts'),
  },
  {
    usage: 'reconcile <table>',
    group: look,
    describe: "compare a current table with an export of the source's, row by row",
    load: () => import('./reconcile.ts'),
  },
  {
    usage: 'rebuild <table>',
    group: build,
    describe: 'build a current table and its history anew from the change log, and tell what that changes',
    load: () => import('./rebuild.ts'),
  },
  {
    usage: 'compare [selectors..]',
    group: look,
    describe: 'compare the selected tables on BigQuery with an embedded warehouse, row by row',
    load: () => import('./compare.ts'),
  },
  {
    usage: 'privacy',
    group: build,
    describe: 'check that analysts cannot read what is private, by where columns come from',
    load: () => import('./privacy.ts'),
  },
  {
    usage: 'dead-letters list',
    group: look,
    describe: 'events that could not be landed, and why',
    load: () => import('./dead-letters-list.ts'),
  },
  {
    usage: 'dead-letters show <id>',
    group: look,
    describe: 'one of them, with the whole event',
    load: () => import('./dead-letters-show.ts'),
  },
  {
    usage: 'dead-letters export',
    group: look,
    describe: 'the waiting events as JSON lines',
    load: () => import('./dead-letters-export.ts'),
  },
  {
    usage: 'dead-letters retry [ids..]',
    group: build,
    describe: 'try to land waiting events once more',
    load: () => import('./dead-letters-retry.ts'),
  },
  {
    usage: 'dead-letters discard [ids..]',
    group: build,
    describe: 'give waiting events up',
    load: () => import('./dead-letters-discard.ts'),
  },
]
