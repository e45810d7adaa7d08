/** What the lakeFS API says of the service itself: who may use it, how it is set up, what it can. */

export interface User {
  id: string;
  creation_date: number;
  friendly_name?: string;
  email?: string;
}

export interface Credentials {
  access_key_id: string;
  creation_date: number;
}

export interface CredentialsWithSecret extends Credentials {
  secret_access_key: string;
}

export interface CurrentUser {
  user: User;
}

export interface LoginInformation {
  access_key_id: string;
  secret_access_key: string;
}

export interface AuthenticationToken {
  token: string;
  token_expiration?: number;
}

export interface AuthCapabilities {
  invite_user: boolean;
  forgot_password: boolean;
}

export interface LoginConfig {
  RBAC: 'none' | 'simplified' | 'internal' | 'external';
  login_url: string;
  login_cookie_names: string[];
  logout_url: string;
}

export interface SetupState {
  state: 'initialized' | 'not_initialized';
  comm_prefs_missing: boolean;
  login_config: LoginConfig;
}

export interface VersionConfig {
  version: string;
  version_context?: string;
  upgrade_recommended?: boolean;
}

export interface GarbageCollectionConfig {
  /** Seconds. */
  grace_period?: number;
}

export interface StorageConfig {
  blockstore_type: string;
  blockstore_namespace_example: string;
  blockstore_namespace_ValidityRegex: string;
  default_namespace_prefix?: string;
  pre_sign_support: boolean;
  pre_sign_support_ui: boolean;
  import_support: boolean;
  import_validity_regex: string;
  pre_sign_multipart_upload?: boolean;
  blockstore_id?: string;
}

export interface Config {
  version_config: VersionConfig;
  storage_config: StorageConfig;
}

export interface StatsEventsList {
  events: { class: string; name: string; count: number }[];
}
