const actions = /\/(type|suspend|resume|close|login|invite|retry|decision|decisions|apply|cancel|accept)$/

/** Where the ETag is read that a change's preconditions speak of: its own place, or that of what an action is done to. */
export function taggedPlace({ method, path }: { method: string; path: string }): string {
  const ofCustomer = method === 'POST' ? /\/ownership-transfer(\/force)?$/ : /\/force$/
  return path.replace(ofCustomer, '').replace(actions, '')
}
