import type { Asked } from '../decide/questions.ts'
import type { Meaning } from './meaning.ts'

/** A question over HTTP: in ids, and as it is meant, for who reads no data. */
export type Question = Asked & { meaning: Meaning }

/** A decision point in a process of its own, asked over loopback. */
export type Server = { name: string; pid: number; isAllowed: (question: Question) => Promise<boolean> }
