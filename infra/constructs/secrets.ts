import { RemovalPolicy, SecretValue, Validations } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Function } from 'aws-cdk-lib/aws-lambda'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'

/** The keys that verify webhooks, authenticate the cursors of lists, and sign reports and the links of messages. */
export class Secrets extends Construct {
  readonly #webhooks: Secret
  readonly #cursors: Secret
  readonly #reports: Secret
  readonly #mail: Secret

  constructor(scope: Construct, id: string) {
    super(scope, id)
    // Without a source every delivery is refused.
    this.#webhooks = secretOfOperators(this, 'Webhooks', {
      description: 'JSON object: by source, its one or two secrets and the types and customers it may touch',
      whyNotRotated:
        'Shared with the senders, who must change with it: operators add the second secret, then drop the first.',
    })
    this.#cursors = new Secret(this, 'Cursors', {
      description: 'Random text that authenticates the cursors of lists',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    })
    acknowledgeNoRotation(
      this.#cursors,
      'Authenticates positions in lists, whose every page is authorised anew; operators may replace it at any time.',
    )
    this.#mail = new Secret(this, 'Mail', {
      description: 'Random text that signs the links by which people say that they want no messages',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    })
    acknowledgeNoRotation(
      this.#mail,
      'With another one the links of all messages that were sent before would be good for nothing.',
    )
    // Without a key there are no reports.
    this.#reports = secretOfOperators(this, 'Reports', {
      description: 'JSON object: keys, a list of private Ed25519 JWKs; the first signs reports',
      whyNotRotated:
        'Whoever has a report trusts the public key: operators put a new one first and keep the old for verifying.',
    })
  }

  grantWebhookSources(grantee: Function): void {
    grantValue(this.#webhooks, 'WEBHOOK_SECRETS_ARN', grantee)
  }

  grantCursorSecret(grantee: Function): void {
    grantValue(this.#cursors, 'CURSOR_SECRET_ARN', grantee)
  }

  grantMailSecret(grantee: Function): void {
    grantValue(this.#mail, 'MAIL_SECRET_ARN', grantee)
  }

  grantReportKeys(grantee: Function): void {
    grantValue(this.#reports, 'REPORT_KEYS_ARN', grantee)
  }
}

type SecretOfOperators = { description: string; whyNotRotated: string }

/** A JSON object that operators put in; empty until then. */
export function secretOfOperators(
  scope: Construct,
  id: string,
  { description, whyNotRotated }: SecretOfOperators,
): Secret {
  const secret = new Secret(scope, id, {
    description,
    // Never change this text: CloudFormation would write it over what operators put in.
    secretStringValue: SecretValue.unsafePlainText('{}'),
    removalPolicy: RemovalPolicy.RETAIN,
  })
  acknowledgeNoRotation(secret, whyNotRotated)
  return secret
}

function acknowledgeNoRotation(secret: Secret, reason: string): void {
  Validations.of(secret).acknowledge({ id: 'AwsSolutions-SMG4', reason })
}

/** Lets a function read a secret, and sets a variable to its ARN. */
export function grantValue(secret: Secret, variable: string, grantee: Function): void {
  grantee.addEnvironment(variable, secret.secretArn)
  grantee.addToRolePolicy(
    new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secret.secretArn] }),
  )
}
