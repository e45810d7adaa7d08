import type { GcFigures, GuardsChecked, GuardsOfRef } from '../../protocol/databranch.js';
import type { BranchProtectionRule } from '../../protocol/lakefs.js';
import type { IRequests } from '../requests.js';
import { refPath } from './paths.js';

/** How long contents are kept that no branch has any longer. */
export interface RetentionRules {
  default_retention_days: number;
  branches: { branch_id: string; retention_days: number }[];
}

/** A repository's settings, as this extension uses them. */
export class SettingsClient {
  constructor(private readonly requests: IRequests) {}

  protection(repository: string, signal?: AbortSignal): Promise<BranchProtectionRule[]> {
    return this.requests.send(['repositories', repository, 'branch_protection'], { signal });
  }

  addProtection(repository: string, pattern: string): Promise<void> {
    const json: BranchProtectionRule = { pattern };
    return this.requests.send(['repositories', repository, 'branch_protection'], { method: 'POST', json });
  }

  removeProtection(repository: string, pattern: string): Promise<void> {
    const json: BranchProtectionRule = { pattern };
    return this.requests.send(['repositories', repository, 'branch_protection'], { method: 'DELETE', json });
  }

  /** @throws RequestError - 404 when there are none */
  retention(repository: string, signal?: AbortSignal): Promise<RetentionRules> {
    return this.requests.send(retentionPath(repository), { signal });
  }

  /** Replaces the rules; null removes them. */
  setRetention(repository: string, rules: RetentionRules | null): Promise<void> {
    return this.requests.send(
      retentionPath(repository),
      rules ? { method: 'PUT', json: rules } : { method: 'DELETE' }
    );
  }

  /** Guards as committed: what lies uncommitted on a branch does not hold. */
  guards(repository: string, ref: string, signal?: AbortSignal): Promise<GuardsOfRef> {
    return this.requests.send(['databranch', ...refPath(repository, ref), 'guards'], { signal });
  }

  /** Whether a text can be read as guards; nothing is kept. */
  checkGuards(text: string, signal?: AbortSignal): Promise<GuardsChecked> {
    return this.requests.send(['databranch', 'guards', 'check'], { method: 'POST', json: { text }, signal });
  }

  /** What a garbage collection would free. Costs the service as much as looking for it does. */
  garbage(repository: string, signal?: AbortSignal): Promise<GcFigures> {
    return this.requests.send(['databranch', 'repositories', repository, 'gc', 'estimate'], { signal });
  }
}

function retentionPath(repository: string): string[] {
  return ['repositories', repository, 'settings', 'gc_rules'];
}
