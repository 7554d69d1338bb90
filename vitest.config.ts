import { defineConfig } from 'vitest/config'

const report = process.env.REPLYD_REPORT

export default defineConfig({
  test: {
    // most tests wait for a daemon, a disk or a peer: two at once take little more than one, also on two cores
    maxWorkers: 2,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      {
        test: {
          name: 'rooms',
          include: ['test/{unit,property,corpus,house,rfc,bad-config,golden}/**/*.test.ts'],
          pool: 'threads',
          isolate: false,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'world',
          include: ['test/{e2e,crash}/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
