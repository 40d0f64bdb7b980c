import { Injectable } from '@nestjs/common'

@Injectable()
export class CatsService {
  names() {
    return ['Tom', 'Felix']
  }
}
