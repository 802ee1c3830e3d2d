import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { readSettings } from './constructs/settings.ts'
import { LatchkeyStack } from './stack.ts'

/* oxlint-disable no-new -- a construct attaches itself to its scope */

const app = new App()
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))

new LatchkeyStack(app, 'Latchkey', {
  description:
    "Latchkey: who may do what with a customer's account, billing, servers, CDN and OpenStack projects",
  terminationProtection: true,
  settings: readSettings(app.node),
})
