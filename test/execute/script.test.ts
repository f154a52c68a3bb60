import { expect, test } from 'vitest'
import { script } from '../../runner/execute/script.ts'

test.each<[string, string[], string]>([
  ['nothing from nothing', [], ''],
  ['one statement as it stands', ['  select 1 '], '  select 1'],
  ['a semicolon between two', ['select 1', 'select 2'], 'select 1\n;\nselect 2'],
  ['no second semicolon', ['select 1;', 'select 2;'], 'select 1;\nselect 2;'],
  ['a comment swallows no semicolon', ['select 1 -- one', 'select 2'], 'select 1 -- one\n;\nselect 2'],
  ['a semicolon before a comment counts', ['select 1; -- one', 'select 2'], 'select 1; -- one\nselect 2'],
  ['a semicolon in a comment does not', ['select 1 -- one;', 'select 2'], 'select 1 -- one;\n;\nselect 2'],
  ['nor in a block comment', ['select 1 /* ; */', 'select 2'], 'select 1 /* ; */\n;\nselect 2'],
  ['nor in a string', ["select 'a;'", 'select 2'], "select 'a;'\n;\nselect 2"],
  ['dashes in a string are no comment', ["select '--';", 'select 2'], "select '--';\nselect 2"],
  [
    'nor in a raw string that ends in a backslash',
    ["select r'\\d';", 'select 2'],
    "select r'\\d';\nselect 2",
  ],
  [
    'a triple-quoted string spans lines',
    ["select '''a\n-- ';\n''';", 'select 2'],
    "select '''a\n-- ';\n''';\nselect 2",
  ],
  ['a quoted name may hold anything', ['select `a;--`', 'select 2'], 'select `a;--`\n;\nselect 2'],
  ['texts that are only comments are left out', ['-- nothing', 'select 1', ' '], 'select 1'],
  ['indentation of the first line stays', ['\n\n    select 1\n'], '    select 1'],
])('%s', (_name, statements, text) => {
  expect(script(statements)).toBe(text)
})
