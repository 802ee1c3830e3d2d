import { type Keystone, pathTo } from '../../../shared/openstack/keystone/client.ts'

/** An identity provider with the protocol `openid`, by which nobody can log in here. */
export async function makeProvider(keystone: Keystone, idpId: string): Promise<string> {
  const put = (path: string[], body: object) =>
    keystone.call({ method: 'PUT', path: pathTo('OS-FEDERATION', ...path), body, expect: 201 })
  await put(['identity_providers', idpId], { identity_provider: { enabled: true } })
  const rules = [{ local: [{ user: { name: '{0}' } }], remote: [{ type: 'OIDC-email' }] }]
  await put(['mappings', idpId], { mapping: { rules } })
  await put(['identity_providers', idpId, 'protocols', 'openid'], { protocol: { mapping_id: idpId } })
  return idpId
}
