import { expect, test, vi } from 'vitest'
import { ServiceDown } from '../../../infra/local/client/local-service.ts'
import { persistence } from '../../../infra/local/client/persistence.ts'

const down = () => Promise.reject(new ServiceDown('down'))

test('repeats while the service is down and gives up with the last failure', async () => {
  const onDown = vi.fn()
  await expect(persistence(200, onDown)(down)).rejects.toThrow('down')
  expect(onDown.mock.calls.length).toBeGreaterThan(1)
})

test('patience begins anew with every success', async () => {
  const persist = persistence(500, () => {})
  const steady = persist(down)
  const successes = setInterval(() => void persist(async () => {}), 20)
  const later = new Promise((resolve) => setTimeout(() => resolve('still trying'), 900))
  expect(await Promise.race([steady, later])).toBe('still trying')
  clearInterval(successes)
  await expect(steady).rejects.toThrow('down')
})

test('an error other than an outage is not repeated', async () => {
  const operation = vi.fn(() => Promise.reject(new TypeError('wrong')))
  await expect(persistence(1000, () => {})(operation)).rejects.toThrow('wrong')
  expect(operation).toHaveBeenCalledTimes(1)
})
