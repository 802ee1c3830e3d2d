import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Function } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { indexes, keyAttributes, streamView, ttlAttribute } from '../../shared/table/schema.ts'

/** The single table and the permissions of its functions. None may Scan: no access pattern needs it. */
export class DirectoryTable extends Construct {
  readonly streamArn: string
  readonly #table: Table

  constructor(scope: Construct, id: string) {
    super(scope, id)
    // Not a global table: those stream whole images to their replicas, and ours streams keys.
    this.#table = new Table(this, 'Table', {
      partitionKey: { name: keyAttributes.partition, type: AttributeType.STRING },
      sortKey: { name: keyAttributes.sort, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: ttlAttribute,
      stream: StreamViewType[streamView],
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    if (this.#table.tableStreamArn === undefined) throw new Error('The table has no stream')
    this.streamArn = this.#table.tableStreamArn
    for (const index of Object.values(indexes)) {
      this.#table.addGlobalSecondaryIndex({
        indexName: index.name,
        partitionKey: { name: index.partition, type: AttributeType.STRING },
        sortKey: { name: index.sort, type: AttributeType.STRING },
        ...('include' in index
          ? { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...index.include] }
          : { projectionType: ProjectionType.KEYS_ONLY }),
      })
    }
  }

  /** Lets a function find and record deliveries, and no other item. */
  grantRecordDeliveries(grantee: Function): void {
    this.#grantOn('D#*', grantee, ['BatchGetItem', 'GetItem', 'PutItem'])
  }

  /** Lets a function read and update the times of last use, and no other item. */
  grantRecordUses(grantee: Function): void {
    this.#grantOn('C#*#U#*#USAGE', grantee, ['BatchGetItem', 'GetItem', 'UpdateItem'])
  }

  /** Lets a function set when a user was last seen, and read or write no other attribute. */
  grantRecordSightings(grantee: Function): void {
    this.#grantOn(
      'C#*#U#*',
      grantee,
      ['UpdateItem'],
      [keyAttributes.partition, keyAttributes.sort, 'lastSeenAt'],
    )
  }

  /** Lets a function read facts, through indexes too, and commit Changes. */
  grantReadAndCommit(grantee: Function): void {
    this.#name(grantee)
    grantee.addToRolePolicy(
      new PolicyStatement({
        actions: [
          'BatchGetItem',
          'ConditionCheckItem',
          'DeleteItem',
          'GetItem',
          'PutItem',
          'Query',
          'UpdateItem',
        ].map((action) => `dynamodb:${action}`),
        resources: [this.#table.tableArn],
      }),
    )
    grantee.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:Query'],
        resources: Object.values(indexes).map((index) => `${this.#table.tableArn}/index/${index.name}`),
      }),
    )
  }

  /** Lets a function read facts by their keys, and propose holders of grants. */
  grantRead(grantee: Function): void {
    this.#name(grantee)
    const { tableArn } = this.#table
    grantee.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:BatchGetItem', 'dynamodb:Query'],
        resources: [tableArn, `${tableArn}/index/${indexes.grantsByResource.name}`],
      }),
    )
  }

  /** Lets Lambda's poller read the stream on behalf of the function. */
  grantReadStream(grantee: Function): void {
    this.#table.grantStreamRead(grantee)
  }

  /** Only on items with these partition keys and, if given, on these attributes. */
  #grantOn(leadingKeys: string, grantee: Function, actions: string[], attributes?: string[]): void {
    this.#name(grantee)
    const own = attributes && { 'dynamodb:Attributes': attributes }
    grantee.addToRolePolicy(
      new PolicyStatement({
        actions: actions.map((action) => `dynamodb:${action}`),
        resources: [this.#table.tableArn],
        conditions: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [leadingKeys] },
          ...(own && { 'ForAllValues:StringEquals': own }),
          // An update may return the whole item.
          ...(own && { StringEqualsIfExists: { 'dynamodb:ReturnValues': ['NONE'] } }),
          Null: { 'dynamodb:LeadingKeys': 'false', ...(own && { 'dynamodb:Attributes': 'false' }) },
        },
      }),
    )
  }

  #name(grantee: Function): void {
    grantee.addEnvironment('TABLE_NAME', this.#table.tableName)
  }
}
