import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{shared,worker,coordinator,web,sdk,apps,scripts,bench}/**/*.test.{ts,tsx}'],
    // Simulations and property tests run for seconds, and longer on a busy machine.
    testTimeout: 60_000,
    setupFiles: ['scripts/property-seed.ts'],
  },
});
