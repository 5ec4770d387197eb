// Clips that the reader brings: files, folders that are dropped or chosen. The folder that a clip lies in names its action.

/** A clip that was brought. */
export interface FoundClip {
  file: File;
  /** Name of the folder around it; null where it came alone. */
  folder: string | null;
}

const CLIPS = /\.(mp4|m4v|mov|webm|mkv|avi|mpe?g|gif)$/i;

/** Of a form's field; `webkitdirectory` fields tell the folders. */
export function clipsOfField(files: Iterable<File>): FoundClip[] {
  return [...files].filter(isClip).map((file) => ({ file, folder: folderOf(file.webkitRelativePath) }));
}

/** Of a drop: files, and all that lies in dropped folders. */
export async function clipsOfDrop({ items }: DataTransfer): Promise<FoundClip[]> {
  const entries = Array.from(items, (item) => item.webkitGetAsEntry()); // before anything is awaited: a drop is soon forgotten
  const found = await Promise.all(entries.map((entry) => (entry ? clipsOfEntry(entry) : [])));
  return found.flat();
}

/** Can the browser open a folder by itself (File System Access)? */
export const canOpenFolder = 'showDirectoryPicker' in globalThis;

/** Lets the reader choose a folder; nothing where they think better of it. */
export async function chooseFolder(): Promise<FoundClip[]> {
  const choose = (globalThis as unknown as { showDirectoryPicker: () => Promise<FileSystemDirectoryHandle> })
    .showDirectoryPicker;
  try {
    return await clipsOfHandle(await choose());
  } catch (error) {
    if ((error as Error).name === 'AbortError') return [];
    throw error;
  }
}

type Handles = AsyncIterable<[string, FileSystemHandle]>;

async function clipsOfHandle(handle: FileSystemDirectoryHandle): Promise<FoundClip[]> {
  const found: FoundClip[] = [];
  for await (const [name, one] of handle as unknown as Handles) {
    if (one.kind === 'directory') found.push(...(await clipsOfHandle(one as FileSystemDirectoryHandle)));
    else if (CLIPS.test(name))
      found.push({ file: await (one as FileSystemFileHandle).getFile(), folder: handle.name });
  }
  return found.sort(byName);
}

async function clipsOfEntry(entry: FileSystemEntry): Promise<FoundClip[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return isClip(file) ? [{ file, folder: folderOf(entry.fullPath.slice(1)) }] : [];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: FoundClip[] = [];
  for (let part = await entriesOf(reader); part.length > 0; part = await entriesOf(reader))
    found.push(...(await Promise.all(part.map(clipsOfEntry))).flat());
  return found.sort(byName);
}

/** A hundred at a time. */
function entriesOf(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

/** `clips/wave/a.mp4` lies in `wave`; a file alone in none. */
export function folderOf(path: string): string | null {
  return path.split('/').at(-2) ?? null;
}

function isClip({ name, type }: File): boolean {
  return type.startsWith('video/') || CLIPS.test(name);
}

function byName(a: FoundClip, b: FoundClip): number {
  return a.file.name < b.file.name ? -1 : 1;
}
