package io.kmerflow.cli.gpu;

import io.kmerflow.gpucheck.AgreementStep;
import io.kmerflow.gpucheck.CheckModels;
import io.kmerflow.gpucheck.JobStep;
import io.kmerflow.gpucheck.LoadStep;
import io.kmerflow.gpucheck.RawStep;
import io.kmerflow.gpucheck.Roofline.Arithmetic;
import io.kmerflow.scoring.ScoringDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One step of the check; it runs in its own process.
 *
 * @param name in the report
 * @param about what it does, for people
 * @param share of the whole time that it may measure; 0 for one that takes what it takes
 * @param limitSeconds most seconds beside that share
 * @param environment of its process, added to this one's
 * @param action what it does
 */
record CheckStep(
        String name, String about, double share, int limitSeconds, Map<String, String> environment, Action action) {
    /**
     * What a step finds in its process.
     *
     * @param work folder of the models and of what steps leave to later ones
     * @param option as in {@code --device}
     * @param seconds to measure
     */
    record Context(Path work, String option, double seconds) {
        CheckModels models() throws IOException {
            return CheckModels.read(work);
        }

        ScoringDevice device() {
            return ScoringDevice.parse(option);
        }
    }

    /** Measures; what comes back goes into the report. */
    interface Action {
        Object run(Context context) throws Exception;
    }

    private static final String TF32 = "NVIDIA_TF32_OVERRIDE";
    private static final String TORCH_TF32_SWITCH = "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE";
    /** Makes the packaged command take the PyTorch for GPUs, where it has one. */
    private static final String PYTORCH = "KMERFLOW_PYTORCH";

    private static final Map<String, String> TORCH_FULL = Map.of(PYTORCH, "1", TORCH_TF32_SWITCH, "0", TF32, "0");
    private static final Map<String, String> TORCH_TF32 = Map.of(PYTORCH, "1", TORCH_TF32_SWITCH, "1");

    /** Steps of training, in their order, by name; the first makes the losses that the others are compared with. */
    static Map<String, CheckStep> training() {
        Map<String, CheckStep> steps = new LinkedHashMap<>();
        put(steps, "training-reference", "training on the CPU, fp32", 0.12, 60, TORCH_FULL, TrainingSteps::reference);
        for (String size : TrainingSteps.SIZES) {
            put(
                    steps,
                    "training-" + size + "-fp32",
                    "training, fp32 without TF32",
                    0.06,
                    60,
                    TORCH_FULL,
                    context -> TrainingSteps.compared(context, size));
            put(
                    steps,
                    "training-" + size + "-tf32",
                    "training, TF32",
                    0.06,
                    60,
                    TORCH_TF32,
                    context -> TrainingSteps.compared(context, size));
        }
        return steps;
    }

    /** All steps of scoring that follow those of the device and of the models, in their order, by name. */
    static Map<String, CheckStep> measuring() {
        Map<String, CheckStep> steps = new LinkedHashMap<>();
        put(
                steps,
                "provider",
                "where the nodes of the graphs run",
                0,
                60,
                Map.of(),
                context -> AgreementStep.providers(context.models(), context.device()));
        put(
                steps,
                "agreement-fp32",
                "logits in fp32",
                0,
                60,
                Map.of(),
                context -> AgreementStep.run(context.models(), context.device(), false));
        put(
                steps,
                "agreement-tf32",
                "logits in fp32 with TF32, which the job does not use",
                0,
                60,
                Map.of(),
                context -> AgreementStep.tf32(context.models(), context.device()));
        put(
                steps,
                "agreement-fp16",
                "logits in fp16",
                0,
                60,
                Map.of(),
                context -> AgreementStep.run(context.models(), context.device(), true));
        put(
                steps,
                "raw-fp16",
                "ONNX Runtime alone, fp16",
                0.12,
                60,
                Map.of(),
                context -> RawStep.run(context.models(), context.device(), Arithmetic.FP16, context.seconds()));
        put(
                steps,
                "raw-tf32",
                "ONNX Runtime alone, fp32 with TF32",
                0.12,
                60,
                Map.of(),
                context -> RawStep.run(context.models(), context.device(), Arithmetic.TF32, context.seconds()));
        put(
                steps,
                "raw-fp32",
                "ONNX Runtime alone, fp32 without TF32",
                0.08,
                60,
                Map.of(),
                context -> RawStep.run(context.models(), context.device(), Arithmetic.FP32, context.seconds()));
        put(
                steps,
                "job-bundled",
                "the whole job with the bundled model",
                0.14,
                60,
                Map.of(),
                context -> job(context, CheckModels.BUNDLED, false));
        put(
                steps,
                "job-base",
                "the whole job with BERT-base in fp16",
                0.14,
                60,
                Map.of(),
                context -> job(context, CheckModels.BASE, true));
        put(
                steps,
                "memory",
                "device memory under full load",
                0.1,
                60,
                Map.of(),
                context -> LoadStep.load(context.models(), context.device(), context.seconds()));
        put(
                steps,
                "changes",
                "device memory over ten model changes",
                0,
                60,
                Map.of(),
                context -> LoadStep.changes(context.models(), context.device()));
        put(
                steps,
                "cpu-bundled",
                "the whole job on this machine's CPU",
                0.08,
                60,
                Map.of(),
                context -> JobStep.run(
                        context.models(),
                        CheckModels.BUNDLED,
                        false,
                        ScoringDevice.CPU,
                        1,
                        cores(),
                        context.seconds()));
        put(
                steps,
                "cpu-base",
                "the whole job with BERT-base on this machine's CPU",
                0.06,
                90,
                Map.of(),
                context -> JobStep.run(
                        context.models(), CheckModels.BASE, false, ScoringDevice.CPU, 1, cores(), context.seconds()));
        put(
                steps,
                "owner-thread",
                "the end of the thread that owns the device",
                0,
                30,
                Map.of(),
                context -> LoadStep.ownerThread(context.models(), context.device()));
        return steps;
    }

    private static void put(
            Map<String, CheckStep> steps,
            String name,
            String about,
            double share,
            int limitSeconds,
            Map<String, String> environment,
            Action action) {
        steps.put(name, new CheckStep(name, about, share, limitSeconds, environment, action));
    }

    private static Object job(Context context, String model, boolean fp16) throws Exception {
        int subtasks = context.device().gpu() ? Math.max(1, Math.min(8, cores() / 2)) : 1;
        return JobStep.run(context.models(), model, fp16, context.device(), subtasks, cores(), context.seconds());
    }

    private static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }
}
