import { LabIcon } from '@jupyterlab/ui-components';
import branch from '../../style/icons/branch.svg';
import commit from '../../style/icons/commit.svg';
import compare from '../../style/icons/compare.svg';
import dataSet from '../../style/icons/data-set.svg';
import merge from '../../style/icons/merge.svg';
import repository from '../../style/icons/repository.svg';
import sandbox from '../../style/icons/sandbox.svg';
import tag from '../../style/icons/tag.svg';

export const branchIcon = new LabIcon({ name: 'databranch:branch', svgstr: branch });
export const commitIcon = new LabIcon({ name: 'databranch:commit', svgstr: commit });
export const compareIcon = new LabIcon({ name: 'databranch:compare', svgstr: compare });
export const dataSetIcon = new LabIcon({ name: 'databranch:data-set', svgstr: dataSet });
export const mergeIcon = new LabIcon({ name: 'databranch:merge', svgstr: merge });
export const tagIcon = new LabIcon({ name: 'databranch:tag', svgstr: tag });
export const repositoryIcon = new LabIcon({ name: 'databranch:repository', svgstr: repository });
export const sandboxIcon = new LabIcon({ name: 'databranch:sandbox', svgstr: sandbox });
