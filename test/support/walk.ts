/** Commands of a walk, and the lines that they are said to print. */
export type Step = { commands: string; prints: string[] }

const end = '\u001e'

/**
 * The `sh` blocks of a page, or of one section of it, in order. Lines that begin with `#` are what the commands before them
 * print, all of it; `…` is anything within a line.
 */
export function stepsOf(page: string, heading?: string): Step[] {
  const text = heading === undefined ? page : sectionOf(page, heading)
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) => stepsIn(block))
}

function sectionOf(page: string, heading: string): string {
  const [, after = ''] = page.split(`\n## ${heading}\n`)
  return after.split('\n## ')[0] ?? ''
}

function stepsIn(block: string): Step[] {
  const steps: { commands: string[]; prints: string[] }[] = []
  for (const line of block.trimEnd().split('\n')) {
    const last = steps.at(-1)
    if (line.startsWith('#')) last?.prints.push(line.replace(/^# ?/, ''))
    else if (last && last.prints.length === 0) last.commands.push(line)
    else steps.push({ commands: [line], prints: [] })
  }
  return steps.map(({ commands, prints }) => ({ commands: commands.join('\n'), prints }))
}

/** All steps for one shell, as they are; it ends at the first command that fails. */
export function scriptOf(steps: readonly Step[]): string {
  return ['set -e', ...steps.map(({ commands }) => `${commands}\nprintf '\\036'`)].join('\n')
}

/** What the script of the steps has printed against what they say, a line for each that is wrong. */
export function wrongSteps(steps: readonly Step[], printed: string): string[] {
  const outputs = printed.split(end)
  return steps.slice(0, outputs.length).flatMap(({ commands, prints }, index) => {
    const output = outputs[index]?.trimEnd() ?? ''
    if (index === outputs.length - 1) return [`${commands}\nfails: ${output}`]
    return patternOf(prints).test(output)
      ? []
      : [`${commands}\nprints: ${output}\nand not: ${prints.join('\n')}`]
  })
}

function patternOf(prints: string[]): RegExp {
  const lines = prints.map((line) => line.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('…', '.*'))
  return new RegExp(`^${lines.join('\n')}$`)
}
