import { Duration, Validations } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type { Function } from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { gatewayPaths } from '../../functions/access/gateway-paths.ts'
import { addAlarm } from './alarms.ts'

type Routes = { webhooks: Function; access: Function; everythingElse: Function }

/** The only public endpoint. It is made before the functions, as their environment has its URL; `route` adds them. */
export class HttpApiGateway extends Construct {
  readonly #api: HttpApi

  constructor(scope: Construct, id: string) {
    super(scope, id)
    this.#api = new HttpApi(this, 'Api', { apiName: 'latchkey', createDefaultStage: false })
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.#api,
      stageName: '$default',
      autoDeploy: true,
      // Requests a second, far below the account's 10,000: a flood must not take the neighbours' share.
      throttle: { rateLimit: 1_000, burstLimit: 2_000 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLogs', { retention: RetentionDays.THREE_MONTHS }),
        ),
        format: AccessLogFormat.custom(JSON.stringify(accessLogLine)),
      },
    })
    addAlarm(this, 'ServerErrors', {
      metric: stage.metricServerError({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: 5,
      description: 'The HTTP API answered five requests or more with 5xx within five minutes.',
      runbook: 'serverErrors',
    })
  }

  get url(): string {
    return this.#api.apiEndpoint
  }

  route(routes: Routes): void {
    this.#api.addRoutes({
      path: '/webhooks/{source}',
      // The function answers other methods than POST.
      methods: [HttpMethod.ANY],
      integration: new HttpLambdaIntegration('Webhooks', routes.webhooks),
    })
    const access = new HttpLambdaIntegration('Access', routes.access)
    for (const path of gatewayPaths) {
      this.#api.addRoutes({ path, methods: [HttpMethod.ANY], integration: access })
    }
    const everythingElse = new HttpLambdaIntegration('EverythingElse', routes.everythingElse)
    this.#api.addRoutes({ path: '/', integration: everythingElse })
    this.#api.addRoutes({ path: '/{proxy+}', integration: everythingElse })
    Validations.of(this.#api).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        "The functions verify tokens and signatures themselves: API Gateway's authorizer takes RSA keys only and doesn't know RFC 9728's challenge, and webhooks sign the raw body.",
    })
  }
}

/** Without paths and query strings, which may have an e-mail address, and without callers' IP addresses and headers. */
const accessLogLine = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  method: '$context.httpMethod',
  route: '$context.routeKey',
  status: '$context.status',
  responseBytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  lambdaRequestId: '$context.integration.requestId',
  integrationError: '$context.integrationErrorMessage',
}
