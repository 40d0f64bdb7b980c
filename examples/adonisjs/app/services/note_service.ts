export class NoteService {
  all(): string[] {
    return ['first', 'second']
  }
}
