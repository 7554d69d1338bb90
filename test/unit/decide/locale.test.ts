import { expect, test } from 'vitest'
import { chooseLocale } from '../../../src/decide/locale.ts'

const offered = ['en', 'el', 'zh-Hant']
const none = { remembered: undefined, detected: undefined, contentLanguage: undefined, offered, fallback: 'default' }

test.each([
  ['el', 'el'],
  ['el-GR', 'el'],
  ['EL_gr', 'el'],
  ['en-GB', 'en'],
  ['zh-TW', 'zh-Hant'],
  ['zh-HK', 'zh-Hant'],
  ['zh-Hant-MO', 'zh-Hant'],
  ['zh', 'zh-Hant'],
  ['zh-CN', 'default'],
  ['zh-Hans', 'default'],
  ['fr', 'default'],
  ['und', 'default'],
  ['not a tag', 'default'],
  ['', 'default'],
  ['x'.repeat(1_000), 'default'],
])('%j is met by %s', (detected, expected) => {
  expect(chooseLocale({ ...none, detected })).toBe(expected)
})

test('the longest locale offered that a tag begins with, and the exact one before it', () => {
  const chinese = { ...none, offered: ['zh-Hant', 'zh-Hant-HK', 'zh-Hans', 'pt', 'pt-BR'] }
  expect(chooseLocale({ ...chinese, detected: 'zh-Hant-HK' })).toBe('zh-Hant-HK')
  expect(chooseLocale({ ...chinese, detected: 'zh-CN' })).toBe('zh-Hans')
  expect(chooseLocale({ ...chinese, detected: 'zh' })).toBe('zh-Hans')
  expect(chooseLocale({ ...chinese, detected: 'pt-PT' })).toBe('pt')
  expect(chooseLocale({ ...chinese, detected: 'pt-BR' })).toBe('pt-BR')
})

test('evidence that nothing offered meets gives way to weaker evidence', () => {
  expect(chooseLocale({ ...none, remembered: 'fr', detected: 'de', contentLanguage: 'it, el-CY' })).toBe('el')
})
