import type { Node } from 'constructs'

/** The settings of a deployment: CDK context, `-c name=value` or the context of `cdk.json`. */
export type Settings = {
  /** Its discovery document names the keys of the access tokens. */
  issuer: string
  /** Audience of the access tokens; default: the API's base URL, as in RFC 9728. */
  audience?: string
  operatorClients: string[]
  checkClients: string[]
  operatorGroups: string[]
  customerIdPattern: string
  /** True to keep Keystone in sync with the directory. */
  openstack: boolean
  /** The sender of messages, verified in SES; without it none are sent. */
  mailFrom?: string
  /** Base URL of the API for callers, without a slash at the end; default: the one that API Gateway assigns. */
  publicUrl?: string
  /** Origins of web pages whose scripts may use the API. */
  corsOrigins: string[]
  /** An SNS topic that every alarm notifies; without it alarms show in CloudWatch only. */
  alarmTopicArn?: string
}

/**
 * Reads the settings, lists comma separated or as JSON arrays.
 * Nobody has access by default: `.invalid` never resolves (RFC 2606), and no client is an operator until it is named.
 * @throws Error naming the invalid setting
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
    // The functions split at commas: an entry with one would become two.
    if (typeof entry === 'string' && /^[^\s,]+$/.test(entry)) return entry
    throw new Error(`${name} in the CDK context: names without spaces, comma separated or as an array`)
  })
}

function httpsUrl(name: string, value: string): string {
  if (URL.canParse(value) && new URL(value).protocol === 'https:') return value
  throw new Error(`${name} in the CDK context: an https URL`)
}

/** An origin as browsers send it: without a path, and with a port only if it isn't the default. */
function httpsOrigin(value: string): string {
  if (URL.canParse(value) && new URL(value).origin === value && value.startsWith('https:')) return value
  throw new Error('corsOrigins in the CDK context: https origins such as https://panel.example.com')
}

/** An address without a display name: it becomes a part of ARNs. */
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
