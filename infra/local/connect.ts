import { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** A client of a DynamoDB on this machine, which accepts any credentials. */
export function connect(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
}
