import { type Connection, createCall } from './call.ts'

const secretsManager = {
  name: 'secretsmanager',
  version: 'secretsmanager',
  contentType: 'application/x-amz-json-1.1',
}

/** Reads secrets of Secrets Manager without the SDK, for a bundle that is small without it. */
export function connectSecrets(connection: Connection): (id: string) => Promise<string> {
  const call = createCall(secretsManager, connection)
  return async (id) => {
    const { SecretString } = await call<{ SecretString?: string }>('GetSecretValue', { SecretId: id })
    return SecretString ?? ''
  }
}
