/**
 * What Vim (its probe 4913, too), Emacs, JetBrains, VS Code, gedit, sed and others write beside a file
 * while it is open or being saved. Vim's `.env.swp` would match `.env.*`.
 */
const editorFile =
  /(?:~|\.tmp|\.vsctmp|\.sw[a-z]|___jb_(?:tmp|old)___|(?:^|[\\/])(?:\.?#[^\\/]*|4913|sed[A-Za-z0-9]{6}|\.goutputstream-[A-Z0-9]{6}))$/

/** Whether a path is that of a file which an editor writes beside another one. */
export function isEditorFile(path: string): boolean {
  return editorFile.test(path)
}
