import type { ReportFormat, ReportLayout } from './report.ts'
import { csvLayout } from './report-csv.ts'
import { jsonLayout } from './report-json.ts'

export const layouts: Readonly<Record<ReportFormat, ReportLayout>> = { json: jsonLayout, csv: csvLayout }
