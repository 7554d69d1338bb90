import { describe, expect, test } from 'vitest'
import { didYouMean } from '../../../src/config/did-you-mean.ts'
import { formatProblem, inOrder } from '../../../src/config/problem.ts'

const at = (line: number, column: number) => ({ file: 'replyd.yaml', line, column, message: 'wrong' })

describe('a problem as a person reads it', () => {
  test('the place, what is wrong, what to do, the line and a caret', () => {
    expect(formatProblem({ ...at(2, 3), hint: 'mend it' }, 'a:\n  b: 1\n')).toBe(
      'replyd.yaml:2:3: wrong; mend it\n    b: 1\n    ^',
    )
  })
  test('the caret stands below the column after tabs too', () => {
    expect(formatProblem(at(1, 4), 'a:\tb')).toBe('replyd.yaml:1:4: wrong\n  a:\tb\n    \t^')
  })
  test('a file as a whole has no line', () => {
    expect(formatProblem(at(0, 0), 'a: 1')).toBe('replyd.yaml: wrong')
  })
  test('a line with a secret is not quoted', () => {
    expect(formatProblem({ ...at(1, 1), secret: true }, 'password: hunter2')).toBe('replyd.yaml:1:1: wrong')
  })
  test('of a long line only the piece around the column is shown', () => {
    const [, shown = '', caret = ''] = formatProblem(at(1, 501), `${'x'.repeat(500)}Y${'x'.repeat(500)}`).split('\n')
    expect(shown.length).toBeLessThan(120)
    expect(shown[caret.indexOf('^')]).toBe('Y')
  })
  test('control characters do not reach the terminal', () => {
    expect(formatProblem(at(1, 1), 'a\u001b[2Jb')).toContain('a?[2Jb')
  })
  test('a place beyond the text is no error', () => {
    expect(formatProblem(at(9, 9), 'a')).toBe('replyd.yaml:9:9: wrong')
    expect(formatProblem(at(1, 99), 'a')).toBe('replyd.yaml:1:99: wrong\n  a\n   ^')
  })
  test('problems come in the order of the file, each once', () => {
    expect(inOrder([at(2, 1), at(1, 5), at(2, 1), at(1, 2)]).map((one) => [one.line, one.column])).toEqual([
      [1, 2],
      [1, 5],
      [2, 1],
    ])
  })
})

describe('did you mean', () => {
  const known = ['hand_on', 'hand_on_tag', 'hostname', 'listen', 'max_age', 'tls']
  test.each([
    ['hand_onn', 'hand_on'],
    ['handOn', 'hand_on'],
    ['hand-on', 'hand_on'],
    ['HAND_ON', 'hand_on'],
    ['hadn_on', 'hand_on'],
    ['hand_ontag', 'hand_on_tag'],
    ['lisen', 'listen'],
    ['host_name', 'hostname'],
    ['maxage', 'max_age'],
    ['tsl', 'tls'],
  ])('%s is %s', (word, meant) => {
    expect(didYouMean(word, known)).toBe(meant)
  })
  test.each(['x', '', 'frobnicate', 'x'.repeat(100_000)])('what is near nothing is not guessed', (word) => {
    expect(didYouMean(word, known)).toBeUndefined()
  })
})
