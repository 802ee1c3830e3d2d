/** What a fresh process takes in any case. */
export const handler = async () => ({ statusCode: 204, headers: {}, body: '' })
