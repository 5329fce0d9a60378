# Made by `make migrations`; after a change of a model run it again.
import django.db.models.deletion
import django.utils.timezone
import youman.core.database.ids
from decimal import Decimal
from django.db import migrations, models

from humanize.migrations import _database_objects


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Chunk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('start', models.PositiveIntegerField()),
                ('end', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('pending', 'Pending'), ('done', 'Done')], default='pending', max_length=16)),
                ('result', models.TextField(blank=True)),
                ('measures', models.JSONField(help_text='Scores, similarity, word count and warnings of this stretch', null=True)),
                ('tries', models.JSONField(default=list, help_text='Candidates that were tried, each with its outcome and cost')),
                ('invocation', models.UUIDField(help_text="Id of the ledger's call that returned the result", null=True)),
            ],
            options={
                'ordering': ['transformation', 'number'],
            },
        ),
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='batches', to='core.account')),
            ],
            options={
                'verbose_name_plural': 'batches',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Deferred',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deployment', models.CharField(max_length=100)),
                ('item', models.UUIDField(null=True, unique=True)),
                ('sheet', models.CharField(blank=True, max_length=64)),
                ('answered', models.BooleanField(default=False)),
                ('answer', models.TextField(blank=True)),
                ('error', models.CharField(blank=True, help_text='Code of the error, if the batch returned no answer', max_length=32)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('chunk', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='deferred', to='humanization.chunk')),
            ],
            options={
                'verbose_name_plural': 'deferred chunks',
                'ordering': ['chunk'],
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='core.account')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('text', models.TextField(blank=True)),
                ('excerpt', models.CharField(blank=True, max_length=200)),
                ('words', models.PositiveIntegerField()),
                ('level', models.PositiveSmallIntegerField()),
                ('strategy', models.CharField(max_length=16)),
                ('language', models.CharField(max_length=8)),
                ('format', models.CharField(max_length=16)),
                ('model', models.CharField(max_length=100)),
                ('protected', models.JSONField(default=list)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='core.account')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='RoutePolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tier', models.CharField(choices=[('FREE', 'Free'), ('BASIC', 'Basic'), ('PROFESSIONAL', 'Professional'), ('ENTERPRISE', 'Enterprise')], max_length=16, unique=True)),
                ('uses_llms', models.BooleanField(default=True, verbose_name='uses LLMs')),
                ('uses_own_models', models.BooleanField(default=True)),
                ('aim', models.CharField(choices=[('cost', 'Cost: the cheapest that is good enough'), ('balance', 'Quality for its cost'), ('quality', 'Quality first')], default='balance', help_text='What the order of the candidates optimises', max_length=16)),
                ('floor', models.FloatField(default=0.7, help_text='Lowest expected share of kept edits (0 to 1) for a candidate when the aim is cost')),
                ('worth', models.DecimalField(decimal_places=4, default=Decimal('0.001'), help_text='US dollars per 1,000 words that one point (0.01) of quality is worth when the aim is balance', max_digits=8)),
                ('volume_words', models.PositiveIntegerField(default=20000, help_text='From this many words, optimise for cost regardless of the aim')),
                ('attempts', models.PositiveSmallIntegerField(default=3, help_text='Maximum number of candidates to try before the rules')),
                ('deadline_s', models.FloatField(default=45.0, help_text='Time limit for all candidates of one part together', verbose_name='deadline (s)')),
                ('hedge_after_s', models.FloatField(blank=True, help_text='Call the next candidate as well when the first takes longer than this; costs more', null=True, verbose_name='hedge after (s)')),
                ('second_look', models.CharField(choices=[('never', 'Never, except for sentences that failed their checks'), ('complex', 'Complex texts'), ('medium', 'Medium and complex texts'), ('simple', 'All texts')], default='never', help_text='Ask a better model about the sentences that the first one left unchanged; costs more', max_length=8)),
                ('candidates', models.PositiveSmallIntegerField(default=1, help_text='Answers to ask for at levels 4 and 5, of which the judge chooses one; each is paid for')),
                ('second_opinion', models.BooleanField(default=True, help_text='Let an LLM compare source and rewrite where no offline check can; without it such edits are shown to the writer to look at')),
                ('opinion_by', models.CharField(blank=True, help_text='Deployment that gives second opinions; empty: the cheapest LLM that did not write the rewrite', max_length=100, verbose_name='second opinion by')),
                ('learns', models.BooleanField(default=True, help_text='Learn the order from accepted edits; switch off to freeze it')),
            ],
            options={
                'verbose_name_plural': 'route policies',
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('tier__in', ['FREE', 'BASIC', 'PROFESSIONAL', 'ENTERPRISE'])), name='humanize_policy_tier_known'), models.CheckConstraint(condition=models.Q(('aim__in', ['cost', 'balance', 'quality'])), name='humanize_policy_aim_known'), models.CheckConstraint(condition=models.Q(('second_look__in', ['never', 'complex', 'medium', 'simple'])), name='humanize_policy_look_known'), models.CheckConstraint(condition=models.Q(('floor__range', (0, 1))), name='humanize_policy_floor_is_a_share'), models.CheckConstraint(condition=models.Q(('worth__gte', 0)), name='humanize_policy_worth_not_negative'), models.CheckConstraint(condition=models.Q(('attempts__range', (1, 10)), ('deadline_s__gt', 0)), name='humanize_policy_tries_something'), models.CheckConstraint(condition=models.Q(('candidates__range', (1, 5))), name='humanize_policy_asks_for_some'), models.CheckConstraint(condition=models.Q(('hedge_after_s', None), ('hedge_after_s__gt', 0), _connector='OR'), name='humanize_policy_hedge_later')],
            },
        ),
        migrations.CreateModel(
            name='Transformation',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('waiting', "Waiting for a vendor's batch"), ('completed', 'Completed'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=16)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('source', models.TextField()),
                ('excerpt', models.CharField(max_length=200)),
                ('words', models.PositiveIntegerField()),
                ('level', models.PositiveSmallIntegerField()),
                ('strategy', models.CharField(max_length=16)),
                ('language', models.CharField(max_length=8)),
                ('format', models.CharField(max_length=16)),
                ('model', models.CharField(max_length=100)),
                ('protected', models.JSONField(default=list)),
                ('dictionary', models.JSONField(default=dict)),
                ('register', models.CharField(blank=True, max_length=16)),
                ('detected_language', models.CharField(blank=True, max_length=8)),
                ('detected_format', models.CharField(blank=True, max_length=16)),
                ('result', models.TextField(blank=True)),
                ('scores', models.JSONField(null=True)),
                ('similarity', models.FloatField(null=True)),
                ('share_changed', models.FloatField(null=True)),
                ('edit_count', models.PositiveIntegerField(default=0)),
                ('route', models.JSONField(default=list)),
                ('service_tier', models.CharField(choices=[('standard', 'Now'), ('flex', "Minutes: a vendor's slower, cheaper service where it has one"), ('batch', "Up to a day: a vendor's batch at half the price where it has one")], default='standard', help_text='How long the text may wait', max_length=16)),
                ('wait_until', models.DateTimeField(help_text="Parts that the vendor's batch has not returned by this time are requested live", null=True)),
                ('cost', models.DecimalField(decimal_places=15, default=0, help_text='Total cost in US dollars, from the ledger', max_digits=24)),
                ('warnings', models.JSONField(default=list)),
                ('rules_version', models.CharField(blank=True, max_length=32)),
                ('detector_version', models.CharField(blank=True, max_length=64)),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('recoveries', models.PositiveSmallIntegerField(default=0)),
                ('heartbeat_at', models.DateTimeField(null=True)),
                ('enqueued_at', models.DateTimeField(null=True)),
                ('done_chunks', models.PositiveIntegerField(default=0)),
                ('done_at_claim', models.PositiveIntegerField(default=0)),
                ('total_chunks', models.PositiveIntegerField(default=0)),
                ('charged', models.PositiveIntegerField(default=0)),
                ('charged_on', models.DateField(null=True)),
                ('error_code', models.CharField(blank=True, max_length=64)),
                ('error_detail', models.TextField(blank=True)),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transformations', to='humanization.document')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transformations', to='core.account')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rating', models.PositiveSmallIntegerField(null=True)),
                ('comment', models.TextField(blank=True)),
                ('final_text', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('transformation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='humanization.transformation')),
            ],
            options={
                'verbose_name_plural': 'feedback',
            },
        ),
        migrations.CreateModel(
            name='Edit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start', models.PositiveIntegerField()),
                ('end', models.PositiveIntegerField()),
                ('before', models.TextField(blank=True)),
                ('after', models.TextField(blank=True)),
                ('reason', models.TextField()),
                ('source', models.CharField(max_length=200)),
                ('look', models.TextField(blank=True, help_text='Why the writer has to read the edit; it is in the text only once it is accepted by itself')),
                ('decision', models.CharField(choices=[('undecided', 'Undecided'), ('accepted', 'Accepted'), ('rejected', 'Rejected')], default='undecided', max_length=16)),
                ('decision_scope', models.CharField(blank=True, choices=[('single', 'One by one'), ('kind', 'All of a kind'), ('all', 'All of the text')], help_text='Empty while the edit is undecided', max_length=16)),
                ('invocation', models.UUIDField(help_text="Id of the ledger's call that proposed the edit; empty for edits of the rules", null=True)),
                ('transformation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='edits', to='humanization.transformation')),
            ],
            options={
                'ordering': ['transformation', 'start', 'end'],
            },
        ),
        migrations.CreateModel(
            name='DecisionEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('action', models.CharField(choices=[('decide', 'Decide'), ('undo', 'Undo'), ('redo', 'Redo')], max_length=16)),
                ('scope', models.CharField(choices=[('single', 'One by one'), ('kind', 'All of a kind'), ('all', 'All of the text')], max_length=16)),
                ('door', models.CharField(choices=[('editor', 'The editor'), ('api', 'A program with an API key'), ('command', 'A command of the installation')], max_length=16)),
                ('target', models.PositiveIntegerField(null=True)),
                ('decision', models.CharField(choices=[('undecided', 'Undecided'), ('accepted', 'Accepted'), ('rejected', 'Rejected')], max_length=16)),
                ('decision_scope', models.CharField(blank=True, choices=[('single', 'One by one'), ('kind', 'All of a kind'), ('all', 'All of the text')], max_length=16)),
                ('previous', models.CharField(choices=[('undecided', 'Undecided'), ('accepted', 'Accepted'), ('rejected', 'Rejected')], max_length=16)),
                ('previous_scope', models.CharField(blank=True, choices=[('single', 'One by one'), ('kind', 'All of a kind'), ('all', 'All of the text')], max_length=16)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('account', models.ForeignKey(help_text='Who decided; empty for a command', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.account')),
                ('edit', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='decision_events', to='humanization.edit')),
                ('transformation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decision_events', to='humanization.transformation')),
            ],
            options={
                'ordering': ['transformation', 'number', 'edit'],
            },
        ),
        migrations.AddField(
            model_name='chunk',
            name='transformation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chunks', to='humanization.transformation'),
        ),
        migrations.CreateModel(
            name='CachedAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('deployment', models.CharField(max_length=100)),
                ('invocation', models.UUIDField()),
                ('edits', models.JSONField(help_text='Edits of the stretch, each with the call that proposed it')),
                ('warnings', models.JSONField(default=list)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.account')),
                ('transformation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='humanization.transformation')),
            ],
        ),
        migrations.CreateModel(
            name='BatchItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('error_code', models.CharField(blank=True, max_length=64)),
                ('error_detail', models.TextField(blank=True)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='humanization.batch')),
                ('transformation', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='batch_item', to='humanization.transformation')),
            ],
            options={
                'ordering': ['batch', 'number'],
            },
        ),
        migrations.CreateModel(
            name='WritersDictionary',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prefer', models.JSONField(default=list)),
                ('avoid', models.JSONField(default=list)),
                ('never_touch', models.JSONField(default=list)),
                ('owner', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='dictionary', to='core.account')),
            ],
            options={
                'verbose_name_plural': "writers' dictionaries",
            },
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(fields=['owner', '-created_at', '-id'], name='humanize_batch_page'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['owner', '-created_at', '-id'], name='humanize_document_page'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='humanize_document_titled'),
        ),
        migrations.AddIndex(
            model_name='draft',
            index=models.Index(fields=['owner', '-created_at', '-id'], name='humanize_draft_page'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.CheckConstraint(condition=models.Q(('level__range', (1, 5))), name='humanize_draft_level_1_to_5'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='humanize_draft_version_from_1'),
        ),
        migrations.AddIndex(
            model_name='transformation',
            index=models.Index(fields=['owner', '-created_at', '-id'], name='humanize_transformation_page'),
        ),
        migrations.AddIndex(
            model_name='transformation',
            index=models.Index(fields=['document', 'created_at', 'id'], name='humanize_document_history'),
        ),
        migrations.AddIndex(
            model_name='transformation',
            index=models.Index(condition=models.Q(('state__in', ('completed', 'failed', 'cancelled')), _negated=True), fields=['state', 'heartbeat_at'], name='humanize_open_work'),
        ),
        migrations.AddConstraint(
            model_name='transformation',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'waiting', 'completed', 'failed', 'cancelled'])), name='humanize_transformation_state_known'),
        ),
        migrations.AddConstraint(
            model_name='transformation',
            constraint=models.CheckConstraint(condition=models.Q(('level__range', (1, 5))), name='humanize_level_1_to_5'),
        ),
        migrations.AddConstraint(
            model_name='transformation',
            constraint=models.CheckConstraint(condition=models.Q(('service_tier__in', ['standard', 'flex', 'batch'])), name='humanize_tier_known'),
        ),
        migrations.AddConstraint(
            model_name='transformation',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='humanize_source_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='transformation',
            constraint=models.CheckConstraint(condition=models.Q(('done_chunks__lte', models.F('total_chunks'))), name='humanize_progress_in_bounds'),
        ),
        migrations.AddConstraint(
            model_name='transformation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('state__in', ('completed', 'failed', 'cancelled'))), models.Q(models.Q(('state__in', ('completed', 'failed', 'cancelled')), _negated=True), ('finished_at', None)), _connector='OR'), name='humanize_finished_has_a_time'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.CheckConstraint(condition=models.Q(('rating', None), ('rating__range', (1, 5)), _connector='OR'), name='humanize_rating_1_to_5'),
        ),
        migrations.AddConstraint(
            model_name='edit',
            constraint=models.UniqueConstraint(fields=('transformation', 'start', 'end'), name='humanize_edit_once'),
        ),
        migrations.AddConstraint(
            model_name='edit',
            constraint=models.CheckConstraint(condition=models.Q(('start__lte', models.F('end'))), name='humanize_edit_forward'),
        ),
        migrations.AddConstraint(
            model_name='edit',
            constraint=models.CheckConstraint(condition=models.Q(('decision__in', ['undecided', 'accepted', 'rejected'])), name='humanize_decision_known'),
        ),
        migrations.AddConstraint(
            model_name='edit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decision__in', ['accepted', 'rejected']), ('decision_scope__in', ['single', 'kind', 'all'])), models.Q(('decision', 'undecided'), ('decision_scope', '')), _connector='OR'), name='humanize_decided_has_a_scope'),
        ),
        migrations.AddConstraint(
            model_name='edit',
            constraint=models.CheckConstraint(condition=models.Q(('look', ''), models.Q(('decision', 'accepted'), _negated=True), ('decision_scope', 'single'), _connector='OR'), name='humanize_look_is_accepted_singly'),
        ),
        migrations.AddConstraint(
            model_name='decisionevent',
            constraint=models.UniqueConstraint(fields=('transformation', 'number', 'edit'), name='humanize_decision_event_once'),
        ),
        migrations.AddConstraint(
            model_name='decisionevent',
            constraint=models.CheckConstraint(condition=models.Q(('action__in', ['decide', 'undo', 'redo'])), name='humanize_action_known'),
        ),
        migrations.AddConstraint(
            model_name='decisionevent',
            constraint=models.CheckConstraint(condition=models.Q(('scope__in', ['single', 'kind', 'all'])), name='humanize_scope_known'),
        ),
        migrations.AddConstraint(
            model_name='decisionevent',
            constraint=models.CheckConstraint(condition=models.Q(('door__in', ['editor', 'api', 'command'])), name='humanize_door_known'),
        ),
        migrations.AddConstraint(
            model_name='decisionevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decision__in', ['accepted', 'rejected']), ('decision_scope__in', ['single', 'kind', 'all'])), models.Q(('decision', 'undecided'), ('decision_scope', '')), _connector='OR'), name='humanize_event_has_a_scope'),
        ),
        migrations.AddConstraint(
            model_name='decisionevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('previous__in', ['accepted', 'rejected']), ('previous_scope__in', ['single', 'kind', 'all'])), models.Q(('previous', 'undecided'), ('previous_scope', '')), _connector='OR'), name='humanize_event_had_a_scope'),
        ),
        migrations.AddConstraint(
            model_name='decisionevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('action', 'decide'), ('target', None)), models.Q(models.Q(('action', 'decide'), _negated=True), ('target__lt', models.F('number'))), _connector='OR'), name='humanize_undo_has_a_target'),
        ),
        migrations.AddConstraint(
            model_name='chunk',
            constraint=models.UniqueConstraint(fields=('transformation', 'number'), name='humanize_chunk_once'),
        ),
        migrations.AddConstraint(
            model_name='chunk',
            constraint=models.CheckConstraint(condition=models.Q(('start__lt', models.F('end'))), name='humanize_chunk_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='chunk',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'done'])), name='humanize_chunk_state_known'),
        ),
        migrations.AddIndex(
            model_name='cachedanswer',
            index=models.Index(fields=['created_at'], name='humanize_cached_age'),
        ),
        migrations.AddConstraint(
            model_name='cachedanswer',
            constraint=models.UniqueConstraint(fields=('account', 'key'), name='humanize_cached_once'),
        ),
        migrations.AddConstraint(
            model_name='batchitem',
            constraint=models.UniqueConstraint(fields=('batch', 'number'), name='humanize_batch_item_once'),
        ),
        migrations.RunPython(_database_objects.create, _database_objects.drop),
    ]
