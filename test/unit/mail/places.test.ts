import { describe, expect, test } from 'vitest'
import { parseListenTarget } from '../../../src/mail/listen.ts'
import { parseNextHop } from '../../../src/mail/next-hop.ts'

const smtp = { kind: 'smtp', host: 'mail.example', port: 25, tls: 'opportunistic', recipient: undefined }
const lmtp = { ...smtp, kind: 'lmtp', port: 24 }

describe('parseNextHop()', () => {
  test.each([
    ['maildir:var/mail', { kind: 'maildir', folder: 'var/mail' }],
    ['smtp://mail.example', smtp],
    ['smtp://mail.example/', smtp],
    ['smtp://mail.example:587', { ...smtp, port: 587 }],
    ['smtp://127.0.0.1:2525', { ...smtp, host: '127.0.0.1', port: 2525 }],
    ['smtp://[::1]:2525', { ...smtp, host: '::1', port: 2525 }],
    ['smtp://mail.example?tls=required', { ...smtp, tls: 'required' }],
    ['smtps://mail.example', { ...smtp, port: 465, tls: 'implicit' }],
    ['smtp://mail.example/Team@Acme.example', { ...smtp, recipient: 'Team@acme.example' }],
    ['smtp://mail.example/a%2Bb@acme.example', { ...smtp, recipient: 'a+b@acme.example' }],
    ['smtp://mail.example/a@acme.example?tls=required', { ...smtp, recipient: 'a@acme.example', tls: 'required' }],
    ['lmtp://mail.example', lmtp],
    ['lmtp://unix:/run/lmtp', { ...lmtp, host: 'localhost', port: 0, socket: '/run/lmtp' }],
    [
      'lmtp://unix:/run/lmtp,team@acme.example',
      { ...lmtp, host: 'localhost', port: 0, socket: '/run/lmtp', recipient: 'team@acme.example' },
    ],
  ])('%s', (text, hop) => {
    expect(parseNextHop(text)).toEqual(hop)
  })
  test.each([
    ['', /^maildir:FOLDER/u],
    ['maildir:', /name of a folder/u],
    ['mail.example', /^maildir:FOLDER/u],
    ['http://mail.example', /^maildir:FOLDER/u],
    ['smtp://', /^maildir:FOLDER/u],
    ['smtp://mail example', /^maildir:FOLDER/u],
    ['smtp://mail%20example', /^maildir:FOLDER/u],
    ['smtp://mail.example:99999', /^maildir:FOLDER/u],
    ['smtp://mail.example:0', /port from 1/u],
    ['smtp://user:secret@mail.example', /send\.auth/u],
    ['smtp://mail.example/team', /one address after the slash/u],
    ['smtp://mail.example/a@x.example,b@y.example', /one address after the slash/u],
    ['smtp://mail.example?tls=optional', /tls=required/u],
    ['smtp://mail.example?tsl=required', /tls=required/u],
    ['smtp://mail.example?tls=required&x=y', /tls=required/u],
    ['smtp://mail.example#x', /tls=required/u],
    ['lmtp://unix:/run/lmtp,nobody', /one address after the comma/u],
    ['lmtp://unix:/run/lmtp?tls=required', /one address/u],
    ['lmtp://unix:run/lmtp', /^maildir:FOLDER/u],
  ])('says what it wants instead of %s', (text, wanted) => {
    expect(parseNextHop(text)).toMatch(wanted)
  })
})

describe('parseListenTarget()', () => {
  test.each([
    ['127.0.0.1:2525', { kind: 'tcp', host: '127.0.0.1', port: 2525 }],
    ['0.0.0.0:25', { kind: 'tcp', host: '0.0.0.0', port: 25 }],
    ['localhost:0', { kind: 'tcp', host: 'localhost', port: 0 }],
    ['[::1]:25', { kind: 'tcp', host: '::1', port: 25 }],
    ['[::ffff:127.0.0.1]:25', { kind: 'tcp', host: '::ffff:127.0.0.1', port: 25 }],
    ['unix:/run/replyd/lmtp.sock', { kind: 'unix', path: '/run/replyd/lmtp.sock' }],
    ['fd:smtp', { kind: 'fd', name: 'smtp' }],
  ])('%s', (text, target) => {
    expect(parseListenTarget(text)).toEqual(target)
  })
  test.each([
    ['', /address and port/u],
    ['2525', /address and port/u],
    [':2525', /address and port/u],
    ['127.0.0.1', /address and port/u],
    ['127.0.0.1:65536', /address and port/u],
    ['127.0.0.1:-1', /address and port/u],
    ['127.0.0.256:25', /address and port/u],
    ['1.2:25', /address and port/u],
    ['::1:25', /address and port/u],
    ['[::1::2]:25', /address and port/u],
    ['mail.example:25', /address and port/u],
    ['unix:run/x.sock', /absolute path/u],
    ['fd:', /systemd socket/u],
    ['fd:a b', /systemd socket/u],
  ])('says what it wants instead of %s', (text, wanted) => {
    expect(parseListenTarget(text)).toMatch(wanted)
  })
})
