import { describe, expect, test } from 'vitest'
import { readCommand } from '../../../src/mail/command.ts'

describe('a command', () => {
  test.each([
    [{ kind: 'send', message: '01ABCDEF', notice: 'acknowledgement' }],
    [{ kind: 'mark', message: '<a@b.example>', nature: 'person' }],
    [{ kind: 'never-add', pattern: '*@partner.example', note: 'asked us' }],
    [{ kind: 'never-remove', pattern: 'no-reply*@*' }],
    [{ kind: 'mute-lift', address: 'maria@customer.example' }],
    [{ kind: 'arm' }],
  ])('is read as it is written: %j', (command) => {
    expect(readCommand({ ...command, more: 1 })).toEqual(command)
  })
  test('has its pattern in lower case, as addresses are compared', () => {
    expect(readCommand({ kind: 'never-add', pattern: '*@Partner.Example', note: '' })).toMatchObject({
      pattern: '*@partner.example',
    })
  })
  test.each([
    [{ kind: 'send', message: '', notice: 'acknowledgement' }, 'message: found ""'],
    [
      { kind: 'send', message: 'a', notice: 'love-letter' },
      'notice: found "love-letter", wanted one of acknowledgement',
    ],
    [{ kind: 'send', message: 'a'.repeat(1_001), notice: 'acknowledgement' }, 'message: found'],
    [{ kind: 'mark', message: 'a', nature: 'human' }, 'nature: found "human", wanted one of person'],
    [{ kind: 'never-add', pattern: 'partner.example', note: '' }, 'did you mean "*@partner.example"?'],
    [{ kind: 'never-add', pattern: 'a@b', note: 'two\nlines' }, 'note: found'],
    [{ kind: 'never-add', pattern: '*@*', note: '' }, 'set send.mode: off'],
    [{ kind: 'never-add', pattern: '*', note: '' }, 'set send.mode: off'],
    [{ kind: 'never-remove', pattern: 7 }, 'pattern: found 7'],
    [{ kind: 'mute-lift', address: 'maria' }, 'address: found "maria", wanted one address'],
    [{ kind: 'shutdown' }, 'kind: found "shutdown"'],
    [null, 'wanted an object'],
  ])('that is wrong says what was found and what was wanted: %j', (value, words) => {
    expect(readCommand(value)).toContain(words)
  })
})
