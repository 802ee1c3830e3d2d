export type Import = {
  /** As it is written; `(computed)` when it isn't a literal. */
  from: string
  /** What is taken from it, by its name there; `*`: everything, or the module as such. */
  names: string[]
  /** Gone once the types are stripped. */
  typeOnly: boolean
}

// In bare code a literal is its number in quotes, so none can be taken for code.
const literal = '"(\\d+)"'
const clause = String.raw`\*(?:\s*as\s+[\w$]+)?|\{[^}]*\}|[\w$]+(?:\s*,\s*(?:\{[^}]*\}|\*\s*as\s+[\w$]+))?`
const statement = new RegExp(
  String.raw`(?:^|;)[ \t]*(?:import|export)\b\s*(type\s+(?!from\b))?(${clause})\s*from\s*${literal}`,
  'gm',
)
const sideEffect = new RegExp(String.raw`(?:^|;)[ \t]*import\s*${literal}`, 'gm')
const call = new RegExp(
  String.raw`\b(?:import|require|require\.resolve|getBuiltinModule)\s*\(\s*(?:${literal})?`,
  'g',
)

/**
 * Every import of a module's source: statements, re-exports, side effects, calls and types. Good for code as the
 * formatter leaves it, where a statement begins a line.
 */
export function importsOf(source: string): Import[] {
  const imports = read.get(source) ?? readImports(source)
  read.set(source, imports)
  return imports
}

/** By source: each check asks for all files, and the check of bundles for some of them many times. */
const read = new Map<string, Import[]>()

function readImports(source: string): Import[] {
  const { code, literals } = bare(source)
  const named = (index: string | undefined) => literals[Number(index)] ?? '(computed)'
  const whole = ([, index]: RegExpExecArray) => ({ from: named(index), names: ['*'], typeOnly: false })
  return [
    ...[...code.matchAll(statement)].map(([, type, taken = '', index]) => ({
      from: named(index),
      names: namesIn(taken),
      typeOnly: type !== undefined,
    })),
    ...[...code.matchAll(sideEffect)].map(whole),
    ...[...code.matchAll(call)].map(whole),
  ]
}

const token = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g

/** The code without comments, with each string literal (but no template, which may hold code) set apart. */
export function bare(source: string): { code: string; literals: string[] } {
  const literals: string[] = []
  const code = source.replaceAll(token, (text) => {
    if (text.startsWith('`')) return text
    if (text.startsWith('/')) return ' '
    return `"${literals.push(text.slice(1, -1)) - 1}"`
  })
  return { code, literals }
}

function namesIn(taken: string): string[] {
  const listed = /\{([^}]*)\}/.exec(taken)?.[1]
  const names = (listed ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
    .map((name) => name.split(/\s+as\s+/)[0] ?? name)
  return taken.startsWith('{') ? names : [...names, '*']
}
