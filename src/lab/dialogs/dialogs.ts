import '../../../style/views.js';
/** What commands ask with forms, in one piece: it is loaded when the first of them asks. */
export { uploadTo } from '../upload/ask-upload.js';
export { askNewBranch } from './create-branch.js';
export { askNewRepository } from './create-repository.js';
export { askNewTag } from './create-tag.js';
export { askMerge } from './merge.js';
export { askRename } from './rename.js';
export { askReplay } from './replay.js';
