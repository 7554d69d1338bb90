import { expect, test } from 'vitest'
import { readResultsField } from '../../../src/authenticate/results-field.ts'

/** `method=result name=value...`, one a line. */
function read(value: string): readonly string[] | undefined {
  return readResultsField(value)?.results.map(
    ({ method, result, properties }) => `${method}=${result}${[...properties].map(([n, v]) => ` ${n}=${v}`).join('')}`,
  )
}

test('the examples of RFC 8601 appendix B are read', () => {
  expect(readResultsField('example.org 1; none')).toEqual({ authservId: 'example.org', results: [] })
  expect(read('example.com;\r\n          spf=pass smtp.mailfrom=example.net')).toEqual([
    'spf=pass smtp.mailfrom=example.net',
  ])
  expect(
    read('example.com; auth=pass (cram-md5) smtp.auth=sender@example.net; spf=pass smtp.mailfrom=example.net'),
  ).toEqual(['auth=pass smtp.auth=sender@example.net', 'spf=pass smtp.mailfrom=example.net'])
  expect(
    read(
      'example.com; dkim=pass reason="good signature" header.i=@mail-router.example.net; dkim=fail reason="bad signature" header.i=@newyork.example.com',
    ),
  ).toEqual([
    'dkim=pass reason=good signature header.i=@mail-router.example.net',
    'dkim=fail reason=bad signature header.i=@newyork.example.com',
  ])
  expect(
    read(
      "foo.example.net (foobar) 1 (baz); dkim (Because I like it) / 1 (One yay) = (wait for it) fail policy (A dot can go here) . (like that) expired (this surprised me) = (as I wasn't expecting it) 1362471462",
    ),
  ).toEqual(['dkim=fail policy.expired=1362471462'])
})

test('what Gmail, OpenDMARC and Microsoft write is read', () => {
  expect(
    read(
      'mx.google.com; dkim=pass header.i=@customer.example header.s=s1 header.b="a/b+c="; spf=pass (google.com: domain of ann@customer.example designates 192.0.2.10 as permitted sender) smtp.mailfrom=ann@customer.example; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=customer.example',
    ),
  ).toEqual([
    'dkim=pass header.i=@customer.example header.s=s1 header.b=a/b+c=',
    'spf=pass smtp.mailfrom=ann@customer.example',
    'dmarc=pass header.from=customer.example',
  ])
  expect(
    read('mx.acme.example; dkim=pass (2048-bit key; unprotected) header.d=a.example header.b=xY=; dkim-atps=neutral'),
  ).toEqual(['dkim=pass header.d=a.example header.b=xY', 'dkim-atps=neutral'])
  expect(
    read('spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=a.example; dkim=pass header.d=a.example'),
  ).toBeUndefined()
})

test('a value that ends in a dot or a slash is one value', () => {
  expect(read('mx; dkim=pass header.b=ab/ header.i=@a.example. header.d=a.example')).toEqual([
    'dkim=pass header.b=ab/ header.i=@a.example. header.d=a.example',
  ])
})

test('neither comments nor quotes pass for results', () => {
  expect(read('mx (; dmarc=pass); spf=fail')).toEqual(['spf=fail'])
  expect(read('mx; spf=fail (\\); dmarc=pass (x); dmarc=pass)')).toEqual(['spf=fail'])
  expect(read('mx; spf=fail reason="; dmarc=pass"')).toEqual(['spf=fail reason=; dmarc=pass'])
  expect(read('mx; spf=fail reason="\\"; dmarc=pass"')).toEqual(['spf=fail reason="; dmarc=pass'])
  expect(read('mx; spf=fail smtp.mailfrom="a; dmarc=pass"@x.example')).toEqual([
    'spf=fail smtp.mailfrom=a; dmarc=pass@x.example',
  ])
  expect(read('mx; spf=fail dmarc=pass')).toEqual(['spf=fail dmarc=pass'])
})

test('the first word on a property counts', () => {
  expect(read('mx; dkim=pass header.d=a.example header.d=b.example')).toEqual(['dkim=pass header.d=a.example'])
})

test('what is not closed, has no name or is no such field is nothing', () => {
  const odd = [
    '',
    ' ',
    ';',
    '; dmarc=pass',
    'mx (',
    'mx; spf=pass "',
    'a b; dmarc=pass',
    'mx 1 2; spf=pass',
    '""; dmarc=pass',
    '=;x',
  ]
  for (const value of odd) expect(readResultsField(value), value).toBeUndefined()
})

test('no value takes long', () => {
  for (const filler of ['(', '"', ';', '=', 'a=b ', 'a=b;', '\\', ' ', '()', 'x.y=z ']) {
    const began = performance.now()
    readResultsField(`mx; ${filler.repeat(16_000 / filler.length)}`)
    readResultsField(`mx; ${filler.repeat(250_000)}`)
    expect(performance.now() - began, filler).toBeLessThan(2_000)
  }
})
