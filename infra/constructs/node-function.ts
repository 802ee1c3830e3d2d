import { globSync } from 'node:fs'
import { join } from 'node:path'
import { Duration } from 'aws-cdk-lib'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda'
import { LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { addAlarm } from './alarms.ts'

const root = join(import.meta.dirname, '../..')

type NodeFunctionProps = {
  description: string
  /** Folder under `functions/` whose `handler.ts` is bundled; its JSON files are copied beside the bundle. */
  folder: string
  /** Export of that file; default `handler`. */
  handler?: string
  timeout: Duration
  environment?: Record<string, string>
}

/** A function of `functions/`, bundled by the local esbuild, with its own log group, role and error alarm. */
export class NodeFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    const logGroup = new LogGroup(scope, `${id}Logs`, { retention: RetentionDays.THREE_MONTHS })
    // A role of its own instead of AWSLambdaBasicExecutionRole, which may write to every log group of the account.
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    logGroup.grantWrite(role)
    super(scope, id, {
      description: props.description,
      entry: join(root, 'functions', props.folder, 'handler.ts'),
      handler: props.handler ?? 'handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      // CPU is allotted by memory, and a cold start needs CPU.
      memorySize: 1024,
      timeout: props.timeout,
      environment: { ...props.environment, NODE_OPTIONS: '--enable-source-maps' },
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      role,
      projectRoot: root,
      depsLockFilePath: join(root, 'package-lock.json'),
      bundling: {
        forceDockerBundling: false,
        format: OutputFormat.ESM,
        mainFields: ['module', 'main'],
        target: 'node24',
        minify: true,
        sourceMap: true,
        sourcesContent: false,
        logLevel: LogLevel.WARNING,
        // The SDK is bundled too: our pinned version is smaller than the runtime's.
        externalModules: [],
        commandHooks: {
          beforeBundling: () => [],
          beforeInstall: () => [],
          afterBundling: (_root, bundle) => copies(props.folder, bundle),
        },
      },
    })
    addAlarm(this, 'Errors', {
      metric: this.metricErrors({ period: Duration.minutes(5) }),
      threshold: 1,
      description: `Invocations failed or timed out (${props.description}).`,
      runbook: 'functionFails',
    })
  }
}

/** Commands for any shell. */
function copies(folder: string, bundle: string): string[] {
  const from = join(root, 'functions', folder)
  return globSync('*.json', { cwd: from }).map(
    (name) => `node -e "fs.copyFileSync('${slashed(join(from, name))}', '${slashed(join(bundle, name))}')"`,
  )
}

/** A path that survives quotes; Node takes it on Windows too. */
const slashed = (path: string) => path.replaceAll('\\', '/').replaceAll("'", String.raw`\'`)
