package io.kmerflow.files.fragment;

import io.kmerflow.files.mates.MateJoin;
import io.kmerflow.schema.ReadAnnotation;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Holds an annotation until its mate's is there, and gives them on in the order they came. For a bounded job of one subtask
 * that takes no checkpoints: what it holds is in no state.
 */
public final class FragmentOperator extends AbstractStreamOperator<ReadAnnotation>
        implements OneInputStreamOperator<ReadAnnotation, ReadAnnotation>, BoundedOneInput {
    private static final class Held {
        private final StreamRecord<ReadAnnotation> record;
        private boolean settled;

        Held(StreamRecord<ReadAnnotation> record) {
            this.record = record;
        }
    }

    private final FragmentCalls calls;
    private transient Deque<Held> held;
    private transient MateJoin<Held> join;

    /** @param calls the rule */
    public FragmentOperator(FragmentCalls calls) {
        this.calls = calls;
    }

    @Override
    public void open() throws Exception {
        super.open();
        held = new ArrayDeque<>();
        join = new MateJoin<>(new MateJoin.Found<>() {
            @Override
            public void pair(Held first, Held second, boolean inStep) {
                calls.combine(first.record.getValue(), second.record.getValue());
                first.settled = true;
                second.settled = true;
            }

            @Override
            public void alone(Held read) {
                read.settled = true;
            }
        });
    }

    @Override
    public void processElement(StreamRecord<ReadAnnotation> element) throws IOException {
        ReadAnnotation annotation = element.getValue();
        Held read = new Held(new StreamRecord<>(annotation));
        held.add(read);
        join.put(annotation.getMate(), annotation.getRunId() + "\n" + annotation.getReadId(), read);
        giveSettled();
    }

    @Override
    public void endInput() throws IOException {
        join.end();
        giveSettled();
    }

    private void giveSettled() {
        while (!held.isEmpty() && held.peek().settled) {
            output.collect(held.poll().record);
        }
    }
}
