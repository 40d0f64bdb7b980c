import { Controller, Get } from '@nestjs/common'
import { CatsService } from './cats.service'

@Controller()
export class CatsController {
  constructor(private readonly cats: CatsService) {}

  @Get()
  list() {
    return `cats: ${this.cats.names().join(', ')}`
  }
}
