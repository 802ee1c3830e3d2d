import { expect, test } from 'vitest'
import { isJson } from '../../../../shared/http/request/media-type.ts'

test.each(
  [
    ['application/json', 'APPLICATION/JSON', 'application/json;', 'application/json;;'],
    ['application/json; ; charset=utf-8', 'application/json;charset=utf-8'],
    ['application/json ;charset=utf-8', 'application/json\t;\tcharset=UTF-8\t'],
    ['application/json;   charset=utf-8   ;   v=1   ', 'application/json; charset="utf-8"'],
    ['application/json; a="x;y, \\"z\\" \\\\"', "application/json; p=!#$%&'*+.^_`|~-"],
    [' application/json '],
  ].flat(),
)('%j is JSON', (type) => {
  expect(isJson(type)).toBe(true)
})

test.each(
  [
    [null, '', 'json', 'text/json', 'application/jsonx', 'application/json+x'],
    ['application/merge-patch+json', 'application /json', 'application/ json'],
    ['application/json charset=utf-8', 'application/json, application/json', 'application/json; charset'],
    ['application/json; charset =utf-8', 'application/json; charset= utf-8'],
    ['application/json; charset="utf-8', 'application/json; =utf-8', 'application/json; a="x\\"'],
    ['application/json\u00a0'],
  ].flat(),
)('%j is not', (type) => {
  expect(isJson(type)).toBe(false)
})

test('a long one takes no longer than its length', () => {
  const start = performance.now()
  for (const part of [';', '; ', ' ;', '\t', ';a=b', ' ; a=b ', ';a="', '\\"', ';a="\\\\"']) {
    expect(isJson(`application/json${part.repeat(20_000)}\0`)).toBe(false)
  }
  expect(performance.now() - start).toBeLessThan(500)
})
