import type { Node } from 'constructs'

/** What differs between two deployments: CDK context, `-c name=value` or the context of `cdk.json`. */
export type Settings = {
  /** Its discovery document names the keys of the access tokens. */
  issuer: string
  /** Of the access tokens; without it, the API's base URL, as RFC 9728 has it. */
  audience?: string
  operatorClients: string[]
  checkClients: string[]
  operatorGroups: string[]
  customerIdPattern: string
  /** Whether Keystone is kept as the directory says. */
  openstack: boolean
  /** The address that messages are sent from, verified in SES; without it none are sent. */
  mailFrom?: string
  /** Base URL under which callers reach the API, without a slash at the end; without it, the one that API Gateway assigns. */
  publicUrl?: string
  /** Of web pages whose scripts may use the API. */
  corsOrigins: string[]
  /** An SNS topic that every alarm notifies; without it alarms show in CloudWatch only. */
  alarmTopicArn?: string
}

/**
 * Reads the settings, lists comma separated or as JSON arrays.
 * Nobody gets in by default: `.invalid` never resolves (RFC 2606), and no client is an operator until it is named.
 * @throws Error naming the setting that doesn't fit
 */
export function readSettings(node: Node): Settings {
  const mailFrom = readText(node, 'mailFrom')
  const publicUrl = readText(node, 'publicUrl')
  const audience = readText(node, 'audience')
  const alarmTopicArn = readText(node, 'alarmTopicArn')
  return {
    issuer: httpsUrl('issuer', readText(node, 'issuer') ?? 'https://issuer.invalid'),
    ...(audience === undefined ? {} : { audience }),
    operatorClients: readList(node, 'operatorClients'),
    checkClients: readList(node, 'checkClients'),
    operatorGroups: readList(node, 'operatorGroups'),
    corsOrigins: readList(node, 'corsOrigins').map(httpsOrigin),
    customerIdPattern: pattern(
      'customerIdPattern',
      readText(node, 'customerIdPattern') ?? '^[A-Z]{3}[0-9]{6}$',
    ),
    openstack: isOn('openstack', readText(node, 'openstack') ?? 'off'),
    ...(mailFrom === undefined ? {} : { mailFrom: emailAddress('mailFrom', mailFrom) }),
    ...(publicUrl === undefined ? {} : { publicUrl: httpsUrl('publicUrl', publicUrl).replace(/\/+$/, '') }),
    ...(alarmTopicArn === undefined ? {} : { alarmTopicArn }),
  }
}

function readText(node: Node, name: string): string | undefined {
  const value: unknown = node.tryGetContext(name)
  if (value === undefined || (typeof value === 'string' && value !== '')) return value
  throw new Error(`${name} in the CDK context: a text that isn't empty`)
}

function readList(node: Node, name: string): string[] {
  const value: unknown = node.tryGetContext(name) ?? []
  const entries: unknown[] =
    typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [value]
  return entries.map((entry) => {
    // The functions split at commas, so an entry that carries one would become two.
    if (typeof entry === 'string' && /^[^\s,]+$/.test(entry)) return entry
    throw new Error(`${name} in the CDK context: names without spaces, comma separated or as an array`)
  })
}

function httpsUrl(name: string, value: string): string {
  if (URL.canParse(value) && new URL(value).protocol === 'https:') return value
  throw new Error(`${name} in the CDK context: an https URL`)
}

/** As browsers send it: without a path, and any port that isn't the usual one. */
function httpsOrigin(value: string): string {
  if (URL.canParse(value) && new URL(value).origin === value && value.startsWith('https:')) return value
  throw new Error('corsOrigins in the CDK context: https origins such as https://panel.example.com')
}

/** An address alone, without a name: it becomes a part of ARNs. */
function emailAddress(name: string, value: string): string {
  if (/^[a-z0-9._+-]{1,64}@([a-z0-9-]+\.)+[a-z]{2,}$/.test(value)) return value
  throw new Error(`${name} in the CDK context: an e-mail address in lower case`)
}

function isOn(name: string, value: string): boolean {
  if (value === 'on' || value === 'off') return value === 'on'
  throw new Error(`${name} in the CDK context: on or off`)
}

function pattern(name: string, value: string): string {
  try {
    return new RegExp(value).source
  } catch (cause) {
    throw new Error(`${name} in the CDK context: a regular expression`, { cause })
  }
}
