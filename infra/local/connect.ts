import { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** For a DynamoDB on this machine, which accepts any credentials. */
export const localAccess = {
  region: 'local',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
}

/** A client of a DynamoDB on this machine. */
export function connect(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({ endpoint, ...localAccess })
}
