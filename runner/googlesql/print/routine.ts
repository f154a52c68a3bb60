import type {
  CreateFunction,
  CreateIndex,
  CreateProcedure,
  CreateRowAccessPolicy,
  CreateTableFunction,
  FunctionParameter,
} from '../parse/ast.ts'
import { asQuery, connection, createHead, options, partitionBy } from './create.ts'
import { cat, type Doc, group, hardline, line, list } from './doc.ts'
import { inParentheses } from './precedence.ts'
import type { Node, Printer } from './printer.ts'

/** Functions, procedures, row access policies and indexes. */
export function printRoutine(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'createFunction':
      return printFunction(node, p)
    case 'functionParameter':
      return printParameter(node, p)
    case 'createTableFunction':
      return printTableFunction(node, p)
    case 'createProcedure':
      return printProcedure(node, p)
    case 'createRowAccessPolicy':
      return printPolicy(node, p)
    case 'createIndex':
      return printIndex(node, p)
    default:
      return undefined
  }
}

function printParameter(node: FunctionParameter, p: Printer): Doc {
  return cat(
    node.mode === undefined ? '' : `${node.mode} `,
    node.name && cat(p.of(node.name), ' '),
    p.of(node.type),
    node.defaultValue && cat(' DEFAULT ', p.of(node.defaultValue)),
    node.notAggregate ? ' NOT AGGREGATE' : '',
  )
}

function parameters(node: { readonly parameters: readonly FunctionParameter[] }, p: Printer): Doc {
  return list('(', p.all(node.parameters), ')')
}

function printFunction(node: CreateFunction, p: Printer): Doc {
  const what = `${node.temporary ? 'TEMP ' : ''}${node.aggregate ? 'AGGREGATE ' : ''}FUNCTION`
  const body =
    node.body &&
    cat(line, 'AS ', node.language === undefined ? inParentheses(p.of(node.body)) : p.of(node.body))
  return group(
    createHead(node, what, p),
    parameters(node, p),
    node.returns && cat(line, 'RETURNS ', p.of(node.returns)),
    node.determinism && cat(line, node.determinism),
    node.remote ? cat(line, 'REMOTE') : '',
    node.language && cat(line, 'LANGUAGE ', p.of(node.language)),
    connection(node.connection, p),
    options(node.options, p),
    body,
  )
}

function printTableFunction(node: CreateTableFunction, p: Printer): Doc {
  return group(
    createHead(node, 'TABLE FUNCTION', p),
    parameters(node, p),
    node.returns && cat(line, 'RETURNS ', p.of(node.returns)),
    options(node.options, p),
    asQuery(node.query, p),
  )
}

function printProcedure(node: CreateProcedure, p: Printer): Doc {
  const head = cat(createHead(node, 'PROCEDURE', p), parameters(node, p))
  const language = node.language && cat(line, 'LANGUAGE ', p.of(node.language))
  const code = node.code && cat(line, 'AS ', p.of(node.code))
  const body = node.body && cat(hardline, p.of(node.body))
  return group(head, connection(node.connection, p), options(node.options, p), language, code, body)
}

function printPolicy(node: CreateRowAccessPolicy, p: Printer): Doc {
  const grant = node.grantees && cat(line, 'GRANT TO ', list('(', p.all(node.grantees), ')'))
  const head = createHead(
    { ...node, name: { ...node.name, kind: 'path', parts: [node.name] } },
    'ROW ACCESS POLICY',
    p,
  )
  return group(
    head,
    line,
    'ON ',
    p.of(node.table),
    grant,
    line,
    'FILTER USING ',
    inParentheses(p.of(node.filter)),
  )
}

function printIndex(node: CreateIndex, p: Printer): Doc {
  const withOptions = node.allColumns && cat(' WITH COLUMN OPTIONS ', list('(', p.all(node.allColumns), ')'))
  const columns =
    node.columns === 'all' ? cat('(ALL COLUMNS', withOptions, ')') : list('(', p.all(node.columns), ')')
  return group(
    createHead(node, `${node.type} INDEX`, p),
    line,
    cat('ON ', p.of(node.table), columns),
    node.storing && cat(line, list('STORING (', p.all(node.storing), ')')),
    partitionBy(node.partitionBy, p),
    options(node.options, p),
  )
}
