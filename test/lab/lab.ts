import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Client } from '../../src/lab/client/client';
import { addBranchCommands } from '../../src/lab/commands/branches';
import { addChangeCommands } from '../../src/lab/commands/changes';
import { addCommitCommands } from '../../src/lab/commands/commits';
import type { CommandContext } from '../../src/lab/commands/context';
import { addCopyPathCommand } from '../../src/lab/commands/copy-path';
import { addObjectCommands } from '../../src/lab/commands/objects';
import { addOperationCommands } from '../../src/lab/commands/operations';
import { addViewCommands } from '../../src/lab/commands/views';
import { Databranch } from '../../src/lab/model/databranch';
import { Memory } from '../../src/lab/model/memory';
import { Preferences } from '../../src/lab/model/preferences';
import type { ViewPlace } from '../../src/lab/repository/place';
import type { FakeService } from './fake-service';

/** What a component test works with: the extension's own state and commands on a fake service. */
export interface TestLab extends CommandContext {
  databranch: Databranch;
  /** What a screen reader was told. */
  said: string[];
  /** The places that were opened in the main area. */
  opened: ViewPlace[];
}

/** @param settings - values of schema/plugin.json that differ from its defaults */
export function labOn(service: FakeService, settings: Record<string, unknown> = {}): TestLab {
  const said: string[] = [];
  const opened: ViewPlace[] = [];
  const say = (sentence: string): void => void said.push(sentence);
  const preferences = {
    get: (name: string) => ({ composite: settings[name], user: undefined })
  } as unknown as ISettingRegistry.ISettings;
  const databranch = new Databranch(new Client(service), new Memory(null), new Preferences(preferences), say);
  const commands = new CommandRegistry();
  const serviceManager = { serverSettings: { baseUrl: 'http://lab/', appUrl: 'lab' } };
  const app = { commands, serviceManager, contextMenuHitTest: () => undefined } as unknown as JupyterFrontEnd;
  const lab: TestLab = { app, databranch, commands, trans: nullTranslator.load(''), say, said, opened };
  addBranchCommands(lab);
  addChangeCommands(lab);
  addCommitCommands(lab);
  addObjectCommands(lab);
  addCopyPathCommand(lab);
  addOperationCommands(lab);
  addViewCommands(lab, async place => void opened.push(place));
  return lab;
}
