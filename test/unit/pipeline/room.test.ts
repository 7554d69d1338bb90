import { describe, expect, test } from 'vitest'
import { openRoom } from '../../../src/room.ts'

const HOUR_MS = 3_600_000

describe('room', () => {
  test('who comes while there is room goes on at once', async () => {
    await openRoom({ most: 2, patienceMs: HOUR_MS }, () => 1).enter()
  })

  test('who comes when it is full goes on as places become free, no more of them than there are', async () => {
    let waiting = 3
    const room = openRoom({ most: 3, patienceMs: HOUR_MS }, () => waiting)
    const gone: number[] = []
    const all = [0, 1, 2].map(async (one) => {
      await room.enter()
      gone.push(one)
    })
    room.left()
    await Promise.resolve()
    expect(gone).toEqual([])
    waiting = 1
    room.left()
    await Promise.all(all.slice(0, 2))
    expect(gone).toEqual([0, 1])
    room.left()
    await Promise.all(all)
    expect(gone).toEqual([0, 1, 2])
  })

  test('nobody is held back for good', async () => {
    await openRoom({ most: 1, patienceMs: 1 }, () => 1_000).enter()
  })
})
