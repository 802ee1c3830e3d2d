/** The message of an error response, for the terminal. */
export async function detailOf(response: Response): Promise<string> {
  const problem: unknown = await response.json().catch(() => undefined)
  const detail = typeof problem === 'object' && problem && 'detail' in problem ? problem.detail : undefined
  return typeof detail === 'string' ? detail : `the service answered ${response.status}`
}
