/**
 * The JSON behind a URL, of at most so many bytes. Throws an Error for any status but 200, a redirect, an answer that is longer,
 * and what is no JSON.
 */
export async function fetchJson(
  url: string | URL,
  { signal, mostBytes }: { signal: AbortSignal; mostBytes: number },
): Promise<unknown> {
  const response = await fetch(url, { headers: { accept: 'application/json' }, redirect: 'error', signal })
  if (response.status !== 200) throw new Error(`the answer is ${response.status}`)
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > mostBytes) throw new Error('the answer is too long')
    chunks.push(chunk)
  }
  return JSON.parse(Buffer.concat(chunks).toString())
}
