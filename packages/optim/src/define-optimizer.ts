import { zerosLike, type Operand, type Tensor } from "@unroll/tensor";

import { blocksOf, mostJoined, type BlockMember } from "./block.js";
import { checkAmount, checkShare, isAmount } from "./check-setting.js";
import { checkFits, checkNames } from "./check-tensors.js";
import { OptimizerError } from "./error.js";
import type { Optimizer, OptimizerState } from "./optimizer.js";
import { matchesParameter, type ParameterMatch } from "./parameter-match.js";
import { rateAt, type LearningRate } from "./schedule.js";
import { stepBlock } from "./step-block.js";

/** Settings that every optimizer has. */
export interface UpdateSettings {
  readonly learningRate: LearningRate;
  /** Pull towards 0, default 0; each optimizer says how it enters. */
  readonly weightDecay: number;
}

/** Settings to change from their defaults. */
export type ChangedSettings<O extends UpdateSettings> = Partial<UpdateSettings> & Partial<Omit<O, keyof UpdateSettings>>;

/** Parameters with settings of their own. */
export type ParameterGroup<O extends UpdateSettings> = { readonly match: ParameterMatch } & ChangedSettings<O>;

/** What goes into an optimizer: settings to change from their defaults, and for which parameters. */
export type OptimizerOptions<O extends UpdateSettings> = ChangedSettings<O> & {
  /** Settings of some parameters; the first group that matches counts. */
  readonly groups?: readonly ParameterGroup<O>[];
  /** Parameters without weight decay, as `/bias/`. */
  readonly excludeFromDecay?: ParameterMatch;
};

/** When an update takes place. */
export interface UpdateTime<O> {
  /** This update's number, 1 at the first. */
  readonly step: number;
  readonly learningRate: number;
  readonly settings: O;
}

/** One parameter at one update, or several as one vector; see {@link OptimizerDefinition.elementwise}. */
export interface ParameterUpdate<O, S extends string = never, C extends string = never> {
  readonly parameter: Tensor;
  /** Of the parameter's shape and dtype. */
  readonly gradient: Tensor;
  /** The tensors of {@link OptimizerDefinition.slots}, of the parameter's shape and dtype, zeros at first. */
  readonly slots: Readonly<Record<S, Tensor>>;
  readonly learningRate: Operand;
  /** What {@link OptimizerDefinition.coefficients} gave. */
  readonly coefficients: Readonly<Record<C, Operand>>;
  readonly settings: O;
}

/** What {@link defineOptimizer} takes. */
export interface OptimizerDefinition<O extends UpdateSettings, S extends string, C extends string = never> {
  readonly name: string;
  readonly defaults: O;
  /** Settings below 1: shares of what is kept. */
  readonly shares?: readonly (keyof O & string)[];
  /**
   * Whether each element takes its step without regard to the others and to the shape, default false. Small parameters then take
   * theirs together, as one vector, and `update` is one pass over memory: the same numbers by fewer operations. It is traced once for
   * each set of settings, so it must depend on nothing but what it is given.
   */
  readonly elementwise?: boolean;
  /** Names of the tensors kept per parameter under these settings. */
  slots(settings: O): readonly S[];
  /** Further numbers that change from update to update. */
  coefficients?(time: UpdateTime<O>): Readonly<Record<C, number>>;
  /** One parameter's step, in tensor methods; what it makes on the way is freed. */
  update(update: ParameterUpdate<O, S, C>): { readonly parameter: Tensor; readonly slots: Readonly<Partial<Record<S, Tensor>>> };
}

/**
 * Makes an optimizer out of what it does to one parameter. Groups, exclusions, schedules and state are the same for all.
 *
 * @example
 * const signSgd = defineOptimizer({
 *   name: "signSgd",
 *   defaults: { learningRate: 1e-3, weightDecay: 0 },
 *   slots: () => [],
 *   update: ({ parameter, gradient, learningRate }) => ({ parameter: parameter.sub(gradient.sign().mul(learningRate)), slots: {} }),
 * });
 */
export function defineOptimizer<O extends UpdateSettings, S extends string, C extends string = never>(
  definition: OptimizerDefinition<O, S, C>,
): (options?: OptimizerOptions<O>) => Optimizer<OptimizerState> {
  const { name: optimizer, defaults } = definition;
  return ({ groups = [], excludeFromDecay, ...changed } = {}) => {
    const general: O = checked(definition, { ...defaults, ...defined(changed) });
    const everywhere = { settings: general, undecayed: { ...general, weightDecay: 0 } };
    const own = groups.map(({ match, ...changes }) => {
      const settings = checked(definition, { ...general, ...defined(changes) });
      return { match, settings, undecayed: { ...settings, weightDecay: 0 } };
    });
    const settingsOf = (name: string): O => {
      const { settings, undecayed } = own.find(({ match }) => matchesParameter(match, name)) ?? everywhere;
      return excludeFromDecay !== undefined && matchesParameter(excludeFromDecay, name) ? undecayed : settings;
    };
    const rate = ({ learningRate }: O, { step, plateau }: OptimizerState): number => {
      const base = rateAt(learningRate, step);
      if (!isAmount(base)) checkAmount(`${optimizer}: the learning rate after ${step} updates`, base);
      return base * (plateau?.scale ?? 1);
    };

    return {
      name: optimizer,
      learningRate: (state) => rate(general, state),
      init(parameters) {
        const names = Object.keys(parameters);
        for (const { match } of own) {
          if (!names.some((name) => matchesParameter(match, name))) {
            throw new OptimizerError(
              "group",
              `${optimizer}: every group must match a parameter, got ${String(match)}, which matches none of ${names.slice(0, 5).join(", ")}`,
            );
          }
        }
        const slots: Record<string, Record<string, Tensor>> = {};
        for (const [name, parameter] of Object.entries(parameters)) {
          for (const slot of definition.slots(settingsOf(name))) (slots[slot] ??= {})[name] = zerosLike(parameter);
        }
        return { step: 0, slots };
      },
      update(gradients, state, parameters) {
        const slots = Object.fromEntries(Object.entries(state.slots).map(([slot, named]) => [slot, { ...named }]));
        const moved: Record<string, Tensor> = { ...parameters };
        const mostElements = definition.elementwise === true ? mostJoined : 0;
        const members: BlockMember<O>[] = [];
        checkNames(optimizer, gradients, parameters);
        for (const [name, parameter] of Object.entries(parameters)) {
          const gradient = gradients[name];
          if (gradient === undefined) continue;
          checkFits(gradient, parameter, { optimizer, name });
          members.push({ name, size: parameter.size, dtypes: parameter.dtype, settings: settingsOf(name) });
        }
        for (const block of blocksOf(members, { mostElements })) {
          const learningRate = rate(block.settings, state);
          const after = stepBlock(definition, block, { gradients, state, parameters, learningRate });
          block.names.forEach((name, index) => {
            moved[name] = after.parameters[index] as Tensor;
            for (const [slot, values] of after.slots) (slots[slot] ??= {})[name] = values[index] as Tensor;
          });
        }
        return { parameters: moved, state: { ...state, step: state.step + 1, slots } };
      },
    };
  };
}

// An option that is undefined counts as left out.
function defined<O extends object>(options: O): O {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as O;
}

function checked<O extends UpdateSettings>(
  { name, shares = [] }: Pick<OptimizerDefinition<O, never>, "name" | "shares">,
  settings: O,
): O {
  for (const [setting, value] of Object.entries(settings)) {
    if (typeof value !== "number") continue;
    const rule = (shares as readonly string[]).includes(setting) ? checkShare : checkAmount;
    rule(`${name}: ${setting}`, value);
  }
  return settings;
}
