import { describeLedger } from './contract.ts'
import { openSqlite } from './sqlite-ledger.ts'

describeLedger('the ledger on SQLite', openSqlite)
