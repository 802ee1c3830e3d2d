import { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** A client of a DynamoDB on this machine, which takes any credentials. */
export function connect(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
}
