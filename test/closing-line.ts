import type { Reporter, TestModule } from 'vitest/node'

/** A reporter whose only line is the last: `N passed, N failed, N skipped`; and before it, why tests were skipped. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: errors.length, skipped: 0 }
    const skippedBy = new Map<string, number>()
    for (const module of modules) {
      if (module.errors().length > 0) counts.failed += 1
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') counts.passed += 1
        else if (state === 'failed') counts.failed += 1
        else {
          counts.skipped += 1
          skippedBy.set(module.relativeModuleId, (skippedBy.get(module.relativeModuleId) ?? 0) + 1)
        }
      }
    }
    for (const [file, count] of skippedBy)
      console.log(`skipped: ${count} in ${file} (what they need is not here)`)
    console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  }
}
