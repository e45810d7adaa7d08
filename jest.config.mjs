const swc = jsx => [
  '@swc/jest',
  {
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', tsx: jsx, decorators: false },
      transform: jsx ? { react: { runtime: 'automatic' } } : undefined
    }
  }
];
const javascript = ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'ecmascript', jsx: true } } }];
const moduleNameMapper = { '^(\\.{1,2}/.*)\\.js$': '$1' };

/** Three worlds: the service in Node, the lab extension in jsdom, and both in a real JupyterLab in a browser. */
export default {
  testTimeout: 180_000,
  projects: [
    {
      displayName: 'service',
      testEnvironment: 'node',
      roots: ['<rootDir>/test/service', '<rootDir>/test/lint'],
      testMatch: ['**/*.test.ts'],
      transform: { '\\.ts$': swc(false), '\\.js$': javascript },
      transformIgnorePatterns: ['/node_modules/(?!(cookie)/)'],
      moduleNameMapper
    },
    {
      displayName: 'lab',
      testEnvironment: '<rootDir>/test/lab/environment.mjs',
      roots: ['<rootDir>/test/lab'],
      testMatch: ['**/*.test.{ts,tsx}'],
      transform: { '\\.tsx?$': swc(true), '\\.m?js$': javascript, '\\.svg$': '<rootDir>/test/lab/svg.mjs' },
      transformIgnorePatterns: [
        '/node_modules/(?!(@jupyterlab/|@jupyter/(react-components|web-components|ydoc)/|@microsoft/fast-(colors|foundation|element|web-utilities)/|exenv-es6/|vscode-ws-jsonrpc/))'
      ],
      moduleNameMapper: { ...moduleNameMapper, '\\.css$': '<rootDir>/test/lab/css.mjs' }
    },
    {
      displayName: 'browser',
      testEnvironment: 'node',
      roots: ['<rootDir>/test/browser'],
      testMatch: ['**/*.test.ts'],
      transform: { '\\.ts$': swc(false) },
      moduleNameMapper
    }
  ]
};
