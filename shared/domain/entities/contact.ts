import * as v from 'valibot'
import { Email } from '../text/email.ts'
import { line, Organisation } from '../text/text.ts'

/** ISO 3166-1 alpha-2, officially assigned. */
const countries = new Set(
  (
    'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ ' +
    'CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO ' +
    'FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE ' +
    'JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO ' +
    'MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW ' +
    'PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM ' +
    'TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW'
  ).split(' '),
)

export const Address = v.object({
  street: line(200, 'letters'),
  city: line(100, 'letters'),
  postalCode: line(20),
  region: v.optional(line(100, 'letters')),
  country: v.pipe(
    v.string('must be a string'),
    v.check((code) => countries.has(code), 'must be an ISO 3166-1 alpha-2 country code'),
  ),
})

export const Contact = v.object({
  name: v.optional(Organisation),
  email: v.optional(Email),
  phone: v.optional(v.pipe(line(40), v.regex(/^ *[0-9+()./-][0-9+() ./-]*$/, 'must be a telephone number'))),
  address: v.optional(Address),
})
export type Contact = v.InferOutput<typeof Contact>

/** The party to invoice: a contact with the fields that a tax office asks for. */
export const Billing = v.object({
  ...Contact.entries,
  companyName: v.optional(Organisation),
  vatNumber: v.optional(line(30)),
  reference: v.optional(line(100)),
})
export type Billing = v.InferOutput<typeof Billing>
