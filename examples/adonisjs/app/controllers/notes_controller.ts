import { NoteService } from '#services/note_service'

export default class NotesController {
  index() {
    return `notes: ${new NoteService().all().join(', ')}`
  }
}
