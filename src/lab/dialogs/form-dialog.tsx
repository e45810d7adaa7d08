import { Dialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { ComponentType } from 'react';
import { flushSync } from 'react-dom';
import type { Lab } from '../context.js';
import { LabContext } from '../context.js';
import { explain } from '../errors.js';
import { focusFirstIn, POPUP_CLASS } from '../keep-focus.js';

/** What a form inside a dialog gets. */
export interface FormProps<V> {
  value: V;
  onChange(change: Partial<V>): void;
  /** Why the last attempt failed; the dialog says it above the form, too. */
  failure: unknown;
}

export interface FormOptions<V> {
  title: string;
  /** Label of the button that does it. */
  accept: string;
  initial: V;
  Form: ComponentType<FormProps<V>>;
  /** Does what the dialog is for. While it fails, the dialog stays open with what was typed. */
  submit(value: V): Promise<void>;
  /** Whether it can be done with what is filled in; while not, the button is disabled and the form says why. */
  isReady?(value: V): boolean;
  /** Says a failure in words that fit this dialog; undefined for those that speak for themselves. */
  explain?(failure: unknown): string | undefined;
}

/** Asks with a form and does what it is for. @returns whether it was done */
export async function askForm<V extends object>(lab: Lab, options: FormOptions<V>): Promise<boolean> {
  const dialog = new FormDialog(lab, options);
  const { button } = await dialog.launch();
  return button.accept;
}

/** A dialog that closes only when what it is for is done. */
class FormDialog<V extends object> extends Dialog<V> {
  constructor(
    private readonly _lab: Lab,
    private readonly _options: FormOptions<V>
  ) {
    const body = new FormBody(_lab, _options);
    super({
      title: _options.title,
      body,
      buttons: [
        Dialog.cancelButton({ label: _lab.trans.__('Cancel') }),
        Dialog.okButton({ label: _options.accept })
      ],
      focusNodeSelector: 'input, textarea'
    });
    this.addClass('jp-db-FormDialog');
    this._form = body;
    body.valueChanged.connect(this._enable, this);
  }

  /** Runs the form's purpose first, when a button accepts. */
  override resolve(index = 1): void {
    if (index === 0 || this._done) {
      super.resolve(index);
    } else {
      void this._submit();
    }
  }

  override handleEvent(event: Event): void {
    if (event.type === 'keydown' && this._wrapsAround(event as KeyboardEvent)) {
      event.preventDefault();
      event.stopPropagation();
      focusFirstIn(this.node);
      return;
    }
    const target = event.target instanceof Element ? event.target : null;
    // A popup lies outside the dialog's element, yet belongs to it; and Enter on a button of the form is its own.
    const isPopups = target?.closest(`.${POPUP_CLASS}`);
    const isFormButton =
      event.type === 'keydown' &&
      (event as KeyboardEvent).key === 'Enter' &&
      target?.closest('.jp-db-Form button');
    if (!isPopups && !isFormButton) {
      super.handleEvent(event);
    }
  }

  /** Tab on the last button: JupyterLab would go to what came first when the form was not drawn yet. */
  private _wrapsAround({ key, shiftKey, target }: KeyboardEvent): boolean {
    const buttons = this.node.querySelectorAll('.jp-Dialog-footer button');
    return key === 'Tab' && !shiftKey && target === buttons[buttons.length - 1];
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    // The form takes the keyboard right after this; until then Escape must not go to what lies below.
    this.node.tabIndex = -1;
    this.node.focus();
  }

  private _enable(): void {
    const accept = this.node.querySelector<HTMLButtonElement>('.jp-Dialog-footer .jp-mod-accept')!;
    accept.disabled = !this._form.isReady;
  }

  private async _submit(): Promise<void> {
    if (this._form.busy || !this._form.isReady || !this._form.reportValidity()) {
      return;
    }
    this._form.set({ busy: true, failure: undefined });
    try {
      await this._options.submit(this._form.value);
      this._done = true;
      super.resolve(1);
    } catch (failure) {
      this._form.set({ busy: false, failure });
      this._lab.say(this._form.explanation);
    }
  }

  private readonly _form: FormBody<V>;
  private _done = false;
}

class FormBody<V extends object> extends ReactWidget {
  constructor(
    private readonly _lab: Lab,
    private readonly _options: FormOptions<V>
  ) {
    super();
    this.addClass('jp-db-Form');
    this._value = _options.initial;
  }

  get value(): V {
    return this._value;
  }

  /** Emitted when something is filled in. */
  get valueChanged(): ISignal<this, void> {
    return this._valueChanged;
  }

  get isReady(): boolean {
    return this._options.isReady?.(this._value) ?? true;
  }

  get busy(): boolean {
    return this._state.busy;
  }

  /** Why the last attempt failed. */
  get explanation(): string {
    const { failure } = this._state;
    return this._options.explain?.(failure) ?? explain(failure, this._lab.trans);
  }

  set(state: { busy: boolean; failure: unknown }): void {
    this._state = state;
    this.update();
  }

  /** Whether every field is filled in as it should be; points at the first that is not. */
  reportValidity(): boolean {
    const fields = [...this.node.querySelectorAll<HTMLInputElement>('input, textarea')];
    return fields.every(field => field.reportValidity());
  }

  /**
   * Draws the form at once, so that it has the keyboard at once. JupyterLab would give it to it as soon as the browser is idle:
   * away from whoever has gone on to another field, or to the button, meanwhile.
   */
  protected override onUpdateRequest(message: Message): void {
    flushSync(() => super.onUpdateRequest(message));
    this.renderPromise = Promise.resolve();
  }

  protected override render(): JSX.Element {
    const { Form } = this._options;
    const { busy, failure } = this._state;
    return (
      <LabContext.Provider value={this._lab}>
        <fieldset disabled={busy} aria-busy={busy}>
          {failure !== undefined && (
            <p className="jp-db-Form-failure" role="alert">
              {this.explanation}
            </p>
          )}
          <Form value={this._value} onChange={change => this._change(change)} failure={failure} />
        </fieldset>
      </LabContext.Provider>
    );
  }

  private _change(change: Partial<V>): void {
    this._value = { ...this._value, ...change };
    this._valueChanged.emit();
    this.update();
  }

  private _value: V;
  private readonly _valueChanged = new Signal<this, void>(this);
  private _state: { busy: boolean; failure: unknown } = { busy: false, failure: undefined };
}
